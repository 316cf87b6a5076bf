namespace Aitbc.Node.Engine;

/// <summary>Whoever makes blocks here: alone, or with other validators.</summary>
internal interface IBlockProducer
{
    /// <summary>A transaction has come in.</summary>
    void Signal();
}
