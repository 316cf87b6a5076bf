using Aitbc.Consensus.Bft.Engine;
using Aitbc.Primitives;

namespace Aitbc.Simulator.Explorer;

/// <summary>
/// One engine as it is after some inputs. The inputs that mattered are its name: the log of a height holds the same
/// ones, and what it says again is the same engine (I14).
/// </summary>
internal sealed record LocalState(ulong Name, BftEngine Engine, Hash256? Decision);

/// <summary>A message of a node, by number.</summary>
internal readonly record struct Posted(int From, int Message);

/// <summary>What a local step leads to.</summary>
internal sealed record LocalStep(LocalState Next, IReadOnlyList<int> Sent);
