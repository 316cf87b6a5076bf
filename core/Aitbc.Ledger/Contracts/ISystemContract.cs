using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>A contract in native code. It keeps all its state in storage slots, laid out as Solidity would.</summary>
internal interface ISystemContract
{
    Address Address { get; }

    /// <summary>
    /// The slot that sums up what the contract holds for others; null if it holds nothing. Every block checks that its
    /// balance covers it.
    /// </summary>
    Hash256? HeldSlot => null;

    /// <summary>Executes a call and returns its result; <see cref="RevertException"/> refuses it.</summary>
    byte[] Execute(CallFrame frame);
}
