namespace Aitbc.Node.Network.Links.Dialling;

/// <summary>What was asked and answered on one link (L4 to L6).</summary>
internal sealed class ExchangeState
{
    /// <summary>When this node asked last; 0 = never.</summary>
    public long Asked { get; set; }

    /// <summary>True until the answer has come.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>When the peer asked last; 0 = never.</summary>
    public long WasAsked { get; set; }
}
