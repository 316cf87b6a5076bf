using System.Text;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Keys;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>No endpoint, log or file gives a key away, whatever is sent.</summary>
public sealed class SecrecyTests
{
    private const string Mnemonic12 = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private const string Key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Golden = "0xFCAd0B19bB29D4674531d6f115237E16AfCE377c";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_response_log_or_file_holds_a_secret()
    {
        using var folder = new TemporaryFolder();
        List<string> seen = [];
        List<byte[]> files = [];
        await using (var wallet = await WalletDaemon.StartAsync(folder))
        {
            foreach (var (method, path, body) in Requests())
                seen.Add((await wallet.RawAsync(method, path, body)).Body);
            folder.Execute("UPDATE accounts SET KeyNonce = zeroblob(24) WHERE Label = 'm1'");
            seen.Add((await wallet.RawAsync(
                HttpMethod.Post, "v1/sign/message", $"{{\"from\":\"{Derived(1)}\",\"text\":\"a\"}}")).Body);
            seen.AddRange(wallet.Log.Lines);
            await ReadFilesAsync(folder, files);
            Assert.Contains(seen, s => s.Contains("account_damaged", StringComparison.Ordinal));
            Assert.Contains(seen, s => s.Contains(Golden, StringComparison.Ordinal));
        }

        await ReadFilesAsync(folder, files);
        Assert.True(files.Count >= 3, "the database, its journal, and the database after the stop");
        var password = await File.ReadAllBytesAsync(folder.File("wallet.password"), Cancel);
        foreach (var secret in Secrets(password))
        {
            var text = Encoding.Latin1.GetString(secret);
            Assert.DoesNotContain(seen, s => s.Contains(text, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(files, f => f.AsSpan().IndexOf(secret) >= 0);
        }
    }

    [Fact]
    public async Task Equal_keys_look_different_in_two_wallets()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        foreach (var folder in new[] { one, two })
        {
            await using var wallet = await WalletDaemon.StartAsync(folder);
            await wallet.Client.ImportPrivateKeyAsync(Key, "k", Cancel);
        }

        const string query = "SELECT hex(KeyCiphertext) FROM accounts";
        Assert.NotEqual((string)one.Scalar(query)!, (string)two.Scalar(query)!);
    }

    private static IEnumerable<(HttpMethod Method, string Path, string? Body)> Requests()
    {
        var post = HttpMethod.Post;
        yield return (post, "v1/accounts/import", $"{{\"privateKey\":\"0x{Key}\",\"label\":\"golden\"}}");
        yield return (post, "v1/accounts/import", $"{{\"privateKey\":\"0x{Key}\",\"label\":\"other\"}}");
        yield return (post, "v1/accounts/import", $"{{\"privateKey\":\"0x{Key}00\",\"label\":\"other\"}}");
        yield return (post, "v1/accounts/import", $"{{\"privateKey\":\"0x{Key}\",\"label\":\"{Mnemonic12}\"}}");
        yield return (
            post,
            "v1/accounts/import",
            $"{{\"mnemonic\":\"{Mnemonic12}\",\"count\":3,\"labelPrefix\":\"m\"}}");
        yield return (post, "v1/accounts/import", $"{{\"mnemonic\":\"{Mnemonic12} yellow\",\"labelPrefix\":\"n\"}}");
        yield return (post, "v1/accounts/import", $"{{\"{Mnemonic12}\":1}}");
        yield return (post, "v1/accounts/import", $"{{\"privateKey\":0x{Key}}}");
        yield return (post, "v1/accounts/import", $"\"{Mnemonic12}\"");
        yield return (post, "rpc", $"{{\"id\":1,\"method\":\"0x{Key}\"}}");
        yield return (post, "rpc", $"{{\"id\":1,\"method\":\"{Mnemonic12}\"}}");
        yield return (post, "rpc", $"{{\"id\":1,\"method\":\"personal_sign\",\"params\":[\"0x{Key}0\",\"{Key}\"]}}");
        yield return (post, "v1/accounts", "{\"label\":\"made\"}");
        yield return (post, "v1/accounts", $"{{\"label\":\"{Mnemonic12}\"}}");
        yield return (HttpMethod.Get, "v1/accounts", null);
        yield return (post, "v1/sign/message", $"{{\"from\":\"{Golden}\",\"text\":\"a\"}}");
        yield return (post, "v1/sign/message", $"{{\"from\":\"0x{Key}\",\"text\":\"a\"}}");
        yield return (post, "v1/sign/typed-data", $"{{\"from\":\"{Golden}\",\"typedData\":{{}}}}");
        yield return (post, "v1/sign/transaction",
            $"{{\"from\":\"{Golden}\","
            + "\"transaction\":{\"type\":0,\"chainId\":1,\"nonce\":0,\"gasPrice\":1,\"gas\":1}}");
        foreach (var path in new[] { "v1/keys", "v1/seed", "v1/accounts/golden", "v1/export", "wallet.db", "v1/vault" })
            yield return (HttpMethod.Get, path, null);
    }

    private static async Task ReadFilesAsync(TemporaryFolder folder, List<byte[]> files)
    {
        foreach (var path in Directory.GetFiles(folder.Path, "wallet.db*"))
            files.Add(await File.ReadAllBytesAsync(path, Cancel));
    }

    private static string Derived(int index)
    {
        using var key = Key12(index);
        return key.Address.ToString();
    }

    private static PrivateKey Key12(int index)
    {
        using var root = HdKey.FromSeed(Mnemonic.ToSeed(Mnemonic12));
        return root.Derive($"m/44'/60'/0'/0/{index}");
    }

    private static IEnumerable<byte[]> Secrets(byte[] password)
    {
        List<byte[]> binary = [Hex.Parse("0x" + Key), Mnemonic.ToSeed(Mnemonic12)];
        for (var i = 0; i < 3; i++)
        {
            var bytes = new byte[32];
            using var key = Key12(i);
            key.CopyTo(bytes);
            binary.Add(bytes);
        }

        foreach (var secret in binary)
        {
            yield return secret;
            yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret));
            yield return Encoding.ASCII.GetBytes(Convert.ToHexString(secret));
            yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(secret));
        }

        yield return password;
        yield return Encoding.ASCII.GetBytes(Mnemonic12);
        yield return "winner thank"u8.ToArray();
        yield return "sausage"u8.ToArray();
    }
}
