using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>The golden values were computed with viem and confirmed with ethers.</summary>
public sealed class SigningTests
{
    private const string Key = "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string From = "0xFCAd0B19bB29D4674531d6f115237E16AfCE377c";
    private const string Dead = "0x000000000000000000000000000000000000dEaD";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "{\"type\":2,\"chainId\":7777,\"nonce\":0,\"maxPriorityFeePerGas\":\"1000000000\","
        + "\"maxFeePerGas\":\"0x77359400\",\"gas\":21000,\"to\":\"" + Dead + "\",\"value\":\"1000000000000000000\"}",
        "0x02f874821e6180843b9aca00847735940082520894000000000000000000000000000000000000dead880de0b6b3a764000080c001"
        + "a00728d7099c3fb90ef9a5b5d940220c95c2a3c843946820d0f60a06cd94967938"
        + "a004be3fab755aa1f8954c45f2428e2f8755776a79eab4757a6461533403959a04",
        "0xbda0e91243979bc73def35b8e2f4fe94afe878f5ba52d498653c30f1b1efec1d")]
    [InlineData(
        "{\"type\":1,\"chainId\":\"7777\",\"nonce\":1,\"gasPrice\":1000000000,\"gas\":50000,\"to\":\"" + Dead + "\","
        + "\"data\":\"0xa9059cbb\",\"accessList\":[{\"address\":\"0x0000000000000000000000000000000000001001\","
        + "\"storageKeys\":[\"0x0000000000000000000000000000000000000000000000000000000000000001\"]}]}",
        "0x01f8a4821e6101843b9aca0082c35094000000000000000000000000000000000000dead8084a9059cbb"
        + "f838f7940000000000000000000000000000000000001001e1a0"
        + "000000000000000000000000000000000000000000000000000000000000000101"
        + "a02477da443b1cef86814236cd0d51da77480e6bc542688f02f7d3a9e2497a188d"
        + "a07ae2c2ddf35ca8cea829ae54743764c2cdd65f7f100c48fbd651d2bd82f2a3b2",
        "0xe13f837cc852681d643da22b7bbb19e10c1175d3b417b884be01949ca27bfd8b")]
    [InlineData(
        "{\"type\":0,\"chainId\":7777,\"nonce\":2,\"gasPrice\":1000000000,\"gas\":21000,\"to\":\"" + Dead + "\","
        + "\"value\":\"5\"}",
        "0xf86502843b9aca0082520894000000000000000000000000000000000000dead0580823ce6"
        + "a0198c814e6950fced514df2fb9e7fc7d61cd273edbd53005ffc47ac4b090dca5f"
        + "a020d53182647db679a378b7599f577da3299033bb8cc3e4d0f7b3db27ab66dfe8",
        "0x137c9a7f9a06ced818538b210204a27df13f98792ee0d924cbf3add532c307fc")]
    public async Task Transactions_are_signed_byte_for_byte_as_viem_and_ethers_sign_them(
        string transaction, string raw, string hash)
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await GoldenAsync(folder);

        var answer = await wallet.RawAsync(
            HttpMethod.Post, "v1/sign/transaction", $"{{\"from\":\"{From}\",\"transaction\":{transaction}}}");

        Assert.Equal(200, answer.Status);
        using var signed = JsonDocument.Parse(answer.Body);
        Assert.Equal(raw, signed.RootElement.GetProperty("raw").GetString());
        Assert.Equal(hash, signed.RootElement.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Messages_are_signed_as_viem_and_ethers_sign_them()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await GoldenAsync(folder);
        const string golden = "0x0c3324046197fec2336027b2c0931a7b4d5e8fc063e1977b46ab510d6dc49305"
            + "7889019d0e4a07d56babffba4a017a4c85c69aae7dcfacdb004e75ed453a46511b";

        foreach (var member in new[] { "\"text\":\"hello\"", "\"message\":\"0x68656c6c6f\"" })
        {
            var answer = await wallet.RawAsync(
                HttpMethod.Post, "v1/sign/message", $"{{\"from\":\"{From}\",{member}}}");
            Assert.Equal($"{{\"signature\":\"{golden}\"}}", answer.Body);
        }

        var signature = await wallet.Client.SignMessageAsync(Address.Parse(From), "hello"u8.ToArray(), Cancel);
        Assert.Equal(golden, Hex.ToHex(signature.ToBytes65()));
    }

    [Fact]
    public async Task Typed_data_is_signed_as_viem_and_ethers_sign_it()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await GoldenAsync(folder);

        using var data = JsonDocument.Parse(TransferWithAuthorization);
        var signature = await wallet.Client.SignTypedDataAsync(Address.Parse(From), data.RootElement, Cancel);

        Assert.Equal(
            "0x33a74e79b983bfb563bfe792db1cf6d87446a82469a273689a37ffd340c51abc"
            + "3e9beb058e59d467af9cf2fd20be63d4c648924f347f9af4a85e97aa9d97b3ea1b",
            Hex.ToHex(signature.ToBytes65()));
        Assert.True(Secp256k1.TryRecover(Eip712.HashTypedData(data.RootElement), signature, out var signer));
        Assert.Equal(From, signer.ToString());
    }

    [Fact]
    public async Task The_client_returns_a_transaction_that_the_account_signed()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var account = await wallet.Client.CreateAsync("a", Cancel);
        var unsigned = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = 7777UL,
            Nonce = 3,
            MaxPriorityFeePerGas = 1UL,
            MaxFeePerGas = 2UL,
            GasLimit = 100_000,
            To = null,
            Value = 0UL,
            Data = new byte[70_000],
            AccessList = [],
        };

        var signed = await wallet.Client.SignTransactionAsync(account.Address, unsigned, Cancel);

        Assert.Equal(unsigned.SigningHash(), signed.SigningHash());
        Assert.True(signed.TryRecoverSender(out var sender));
        Assert.Equal(account.Address, sender);
    }

    [Theory]
    [InlineData(
        "missing_chain_id",
        400,
        "{\"type\":2,\"nonce\":0,\"maxPriorityFeePerGas\":1,\"maxFeePerGas\":1,\"gas\":1}")]
    [InlineData("missing_chain_id", 400, "{\"type\":0,\"chainId\":0,\"nonce\":0,\"gasPrice\":1,\"gas\":1}")]
    [InlineData("invalid_request", 400, "{\"type\":3,\"chainId\":1,\"nonce\":0,\"gasPrice\":1,\"gas\":1}")]
    [InlineData("invalid_request", 400, "{\"type\":2,\"chainId\":1,\"nonce\":0,\"gasPrice\":1,\"gas\":1}")]
    [InlineData("invalid_request", 400, "{\"type\":0,\"chainId\":1,\"nonce\":0,\"maxFeePerGas\":1,\"gas\":1}")]
    [InlineData(
        "invalid_request",
        400,
        "{\"type\":2,\"chainId\":1,\"nonce\":0,\"maxPriorityFeePerGas\":2,\"maxFeePerGas\":1,\"gas\":1}")]
    [InlineData("invalid_request", 400, "{\"type\":0,\"chainId\":1,\"gasPrice\":1,\"gas\":1}")]
    [InlineData("invalid_request", 400, "{\"type\":0,\"chainId\":1,\"nonce\":-1,\"gasPrice\":1,\"gas\":1}")]
    [InlineData("invalid_request", 400, "{\"type\":0,\"chainId\":1,\"nonce\":0,\"gasPrice\":1.5,\"gas\":1}")]
    [InlineData(
        "invalid_request",
        400,
        "{\"type\":0,\"chainId\":1,\"nonce\":0,\"gasPrice\":1,\"gas\":1,\"to\":\"0x12\"}")]
    [InlineData(
        "invalid_request",
        400,
        "{\"type\":0,\"chainId\":1,\"nonce\":0,\"gasPrice\":1,\"gas\":1,\"data\":\"0x1\"}")]
    [InlineData(
        "invalid_request", 400, "{\"type\":0,\"chainId\":1,\"nonce\":18446744073709551615,\"gasPrice\":1,\"gas\":1}")]
    public async Task A_transaction_that_should_not_be_signed_is_refused_with_its_code(
        string code, int status, string transaction)
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await GoldenAsync(folder);

        Assert.Equal(code, await wallet.ProblemCodeAsync(
            status, HttpMethod.Post, "v1/sign/transaction", $"{{\"from\":\"{From}\",\"transaction\":{transaction}}}"));
    }

    [Fact]
    public async Task A_transaction_longer_than_a_node_takes_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await GoldenAsync(folder);
        var data = "0x" + new string('0', 2 * 128 * 1024);

        Assert.Equal("transaction_too_large", await wallet.ProblemCodeAsync(
            413,
            HttpMethod.Post,
            "v1/sign/transaction",
            $"{{\"from\":\"{From}\",\"transaction\":{{\"type\":0,\"chainId\":1,\"nonce\":0,\"gasPrice\":1,\"gas\":1,"
            + $"\"data\":\"{data}\"}}}}"));
    }

    [Fact]
    public async Task An_account_that_is_not_here_signs_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await GoldenAsync(folder);

        var refusal = await Assert.ThrowsAsync<AitbcException>(
            () => wallet.Client.SignMessageAsync(Address.Parse(Dead), "m"u8.ToArray(), Cancel));

        Assert.Equal("account_not_found", refusal.Problem.Code);
        Assert.Equal("account_not_found", await wallet.ProblemCodeAsync(
            404,
            HttpMethod.Post,
            "v1/sign/typed-data",
            $"{{\"from\":\"{Dead}\",\"typedData\":{TransferWithAuthorization}}}"));
    }

    [Theory]
    [InlineData("sign/typed-data", "\"typedData\":{}")]
    [InlineData("sign/typed-data", "\"typedData\":7")]
    [InlineData("sign/typed-data", "\"typedData\":{\"types\":{},\"primaryType\":\"A\",\"domain\":{},\"message\":{}}")]
    [InlineData("sign/message", "\"text\":\"a\",\"message\":\"0x00\"")]
    [InlineData("sign/message", "\"message\":\"hello\"")]
    public async Task What_cannot_be_hashed_is_refused(string endpoint, string members)
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await GoldenAsync(folder);

        Assert.Equal("invalid_request", await wallet.ProblemCodeAsync(
            400, HttpMethod.Post, "v1/" + endpoint, $"{{\"from\":\"{From}\",{members}}}"));
        Assert.Equal("invalid_request", await wallet.ProblemCodeAsync(
            400, HttpMethod.Post, "v1/" + endpoint, $"{{{members}}}"));
    }

    [Fact]
    public async Task Parallel_signatures_are_all_right()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var accounts = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => wallet.Client.CreateAsync($"a{i}", Cancel)));

        await Parallel.ForAsync(0, 100, Cancel, async (i, cancel) =>
        {
            var message = BitConverter.GetBytes(i);
            var from = accounts[i % 4].Address;
            var signature = await wallet.Client.SignMessageAsync(from, message, cancel);
            Assert.True(Secp256k1.TryRecover(Eip191.HashMessage(message), signature, out var signer));
            Assert.Equal(from, signer);
        });
    }

    private static async Task<WalletDaemon> GoldenAsync(TemporaryFolder folder)
    {
        var wallet = await WalletDaemon.StartAsync(folder);
        await wallet.Client.ImportPrivateKeyAsync(Key, "golden", Cancel);
        return wallet;
    }

    // EIP-3009 over the test domain of chain 7777.
    private const string TransferWithAuthorization = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
        {"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
        "TransferWithAuthorization":[{"name":"from","type":"address"},{"name":"to","type":"address"},
        {"name":"value","type":"uint256"},{"name":"validAfter","type":"uint256"},
        {"name":"validBefore","type":"uint256"},{"name":"nonce","type":"bytes32"}]},
        "primaryType":"TransferWithAuthorization",
        "domain":{"name":"Test USD","version":"2","chainId":7777,
        "verifyingContract":"0x0000000000000000000000000000000000001001"},
        "message":{"from":"0xFCAd0B19bB29D4674531d6f115237E16AfCE377c",
        "to":"0x000000000000000000000000000000000000dEaD","value":"10000","validAfter":0,"validBefore":1893456000,
        "nonce":"0x1111111111111111111111111111111111111111111111111111111111111111"}}
        """;
}
