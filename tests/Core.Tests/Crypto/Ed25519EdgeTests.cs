using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.Crypto;

/// <summary>
/// What libraries of Ed25519 disagree about is part of what a certificate means, so it is written down here: points of
/// small order and encodings that are not canonical (ed25519-speccheck).
/// </summary>
public sealed class Ed25519EdgeTests
{
    [Fact]
    public void The_cases_on_which_libraries_disagree_are_judged_as_written_here()
    {
        (string Case, bool Taken)[] expected =
        [
            ("key and R of small order, S = 0", false),
            ("key of small order", false),
            ("R of small order", false),
            ("key and R with a part of small order, both equations hold", true),
            ("an equation that holds only when multiplied by the cofactor", false),
            ("an equation that holds only without reducing by the cofactor first", false),
            ("S beyond the order", false),
            ("S far beyond the order", false),
            ("R not canonical, hashed as it is", false),
            ("R not canonical, hashed reduced", false),
        ];
        var cases = Vectors.Load("ed25519-edges");
        Assert.Equal(expected.Length, cases.Count);
        var judged = cases.Select((c, i) => (expected[i].Case, Ed25519Keys.Verify(
            Hex.Parse(c.Text("publicKey")), Hex.Parse(c.Text("message")), Hex.Parse(c.Text("signature")))));
        Assert.Equal(expected, judged);
    }
}
