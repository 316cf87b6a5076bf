using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Provider.Payments;

/// <summary>What is to be paid for.</summary>
/// <param name="Hash">Keccak-256 of method, path and body: a payment is good for one request.</param>
/// <param name="Url">The resource as an offer names it.</param>
/// <param name="Cap">What it can cost at most, in atto-AIT.</param>
/// <param name="Slice">What is to be covered before it starts: the cap, or less if vouchers follow.</param>
internal sealed record PaidRequest(Hash256 Hash, string Url, UInt256 Cap, UInt256 Slice)
{
    /// <summary>
    /// Called for a payment that was not given its answer before, ahead of all work: throws if there is no room.
    /// </summary>
    public Action Admit { get; init; } = () => { };

    /// <summary>
    /// Whether this is offered now. Else only a payment that was taken before gets its answer.
    /// </summary>
    public bool IsOffered { get; init; } = true;

    /// <summary>The model that is asked, or the engine; empty where none is.</summary>
    public string Ware { get; init; } = "";

    /// <summary>What an offer says it is for.</summary>
    public string Description { get; init; } = "Answers of models, paid by the token";

    /// <summary>Whether more vouchers are to come while it is answered.</summary>
    public bool IsSliced => Slice < Cap;

    public static Hash256 HashOf(string method, string path, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes($"{method} {path}\n");
        var all = new byte[head.Length + body.Length];
        head.CopyTo(all, 0);
        body.CopyTo(all.AsSpan(head.Length));
        return Keccak256.Hash(all);
    }
}
