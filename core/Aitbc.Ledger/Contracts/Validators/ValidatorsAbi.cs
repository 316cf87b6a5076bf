using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>Functions, events and errors of the validator registry (specs/contracts/validators.md).</summary>
internal static class ValidatorsAbi
{
    public const string MemberTuple = "(address,bytes32,bytes32,uint64,uint64,uint64)";

    public static readonly AbiFunction ProposeAdd =
        AbiFunction.Parse("proposeAdd(address,bytes32,bytes32,bytes)(uint256)");

    public static readonly AbiFunction ProposeRemove = AbiFunction.Parse("proposeRemove(address)(uint256)");
    public static readonly AbiFunction Vote = AbiFunction.Parse("vote(uint256)(bool)");
    public static readonly AbiFunction RotateKey = AbiFunction.Parse("rotateKey(bytes32,bytes32,bytes)");
    public static readonly AbiFunction SetTransportKey = AbiFunction.Parse("setTransportKey(bytes32)");
    public static readonly AbiFunction Leave = AbiFunction.Parse("leave()");

    public static readonly AbiFunction ReportEquivocation =
        AbiFunction.Parse("reportEquivocation(bytes32,bytes,bytes,bytes,bytes)");

    public static readonly AbiFunction Members = AbiFunction.Parse($"validators()({MemberTuple}[])");
    public static readonly AbiFunction MembersAt = AbiFunction.Parse($"validatorsAt(uint64)({MemberTuple}[])");
    public static readonly AbiFunction Hash = AbiFunction.Parse("validatorsHash()(bytes32)");
    public static readonly AbiFunction HashAt = AbiFunction.Parse("validatorsHashAt(uint64)(bytes32)");
    public static readonly AbiFunction IsValidator = AbiFunction.Parse("isValidator(address)(bool)");
    public static readonly AbiFunction IsTombstoned = AbiFunction.Parse("isTombstoned(address)(bool)");
    public static readonly AbiFunction IsKeyTombstoned = AbiFunction.Parse("isKeyTombstoned(bytes32)(bool)");

    public static readonly AbiFunction Proposal =
        AbiFunction.Parse("proposal(uint256)(bool,address,bytes32,bytes32,uint256,uint256,bool)");

    public static readonly AbiFunction ChangesLeft = AbiFunction.Parse("changesLeft()(uint256)");
    public static readonly AbiFunction ProofMessage = AbiFunction.Parse("proofMessage(address,bytes32)(bytes)");

    public static readonly AbiEvent Proposed =
        AbiEvent.Parse("Proposed(uint256 indexed,address indexed,address indexed,bytes32)");

    public static readonly AbiEvent Voted = AbiEvent.Parse("Voted(uint256 indexed,address indexed)");

    public static readonly AbiEvent Added =
        AbiEvent.Parse("ValidatorAdded(address indexed,bytes32 indexed,bytes32,uint64)");

    public static readonly AbiEvent Removed =
        AbiEvent.Parse("ValidatorRemoved(address indexed,bytes32 indexed,uint64)");

    public static readonly AbiEvent Rotated =
        AbiEvent.Parse("KeyRotated(address indexed,bytes32 indexed,bytes32 indexed,uint64)");

    public static readonly AbiEvent TransportKeySet = AbiEvent.Parse("TransportKeySet(address indexed,bytes32)");

    public static readonly AbiEvent Equivocated =
        AbiEvent.Parse("Equivocation(address indexed,bytes32 indexed,uint64,uint32,uint8)");

    /// <summary>Errors; none has arguments.</summary>
    public static readonly IReadOnlyList<string> Errors =
    [
        "NotOperator", "UnknownProposal", "ProposalClosed", "AlreadyVoted", "ZeroAddress", "KeyUsed", "OperatorActive",
        "OperatorUnknown", "Tombstoned", "BadProof", "TooManyChanges", "LastValidator", "SetFull", "TooSoon",
        "HeightNotKnown", "BadEvidence", "EvidenceTooOld", "UnknownSigner", "AlreadyPunished",
    ];

    public static RevertException Error(string name) => RevertException.Custom(AbiFunction.Parse(name + "()"));
}
