using Aitbc.Consensus.Bft.Messages;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Sdk.Light;
using Aitbc.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Core.Tests.Light;

/// <summary>What a light client believes and what it does not (specs/consensus.md, rule C3).</summary>
public sealed class LightClientTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeMilliseconds((long)LightChain.Start));

    public LightClientTests() => time.Advance(TimeSpan.FromHours(1));

    [Fact]
    public async Task A_block_far_away_is_reached_in_one_step_while_the_validators_stay()
    {
        var chain = new LightChain(period: 1000);
        var header = await Client(chain).HeaderAsync();
        Assert.Equal(chain.Block(40).Header.Hash(), header.Hash);
        Assert.Equal(1, chain.Fetched);
    }

    [Fact]
    public async Task Changes_of_the_set_are_followed_over_few_blocks_and_each_step_is_verified()
    {
        var chain = new LightChain(period: 4);
        var client = Client(chain);
        var header = await client.HeaderAsync(40);
        Assert.Equal(chain.SetOf(40).Hash, header.Validators.Hash);
        Assert.InRange(chain.Fetched, 3, 25);
        Assert.Equal(40UL, client.Newest!.Height);
        // What was verified is not asked for again.
        var asked = chain.Fetched;
        Assert.Equal(header.Hash, (await client.HeaderAsync(40)).Hash);
        Assert.Equal(asked, chain.Fetched);
    }

    [Fact]
    public async Task The_next_block_needs_the_very_set_that_the_verified_header_names()
    {
        var chain = new LightChain(period: 1);
        var client = Client(chain);
        await client.HeaderAsync(1);
        var other = new LightChain(period: 1000);
        chain.Lie = _ => other.Block(2);
        Assert.Equal(LightFailure.OtherValidators, await FailureAsync(() => client.HeaderAsync(2)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_certificate_of_too_few_or_with_a_wrong_signature_is_not_believed(int kind)
    {
        var chain = new LightChain(period: 1000);
        chain.Lie = block => kind switch
        {
            0 => chain.Sign(40, block.Header, 0, 1),
            1 => block with { Commit = block.Commit with { Signatures = new byte[3 * 64] } },
            2 => block with { Commit = chain.Block(39).Commit },
            _ => block with { Commit = block.Commit with { Round = 1 } },
        };
        Assert.Equal(LightFailure.BadCertificate, await FailureAsync(() => Client(chain).HeaderAsync()));
    }

    [Fact]
    public async Task A_header_changed_by_one_field_is_not_believed()
    {
        var chain = new LightChain(period: 1000);
        chain.Lie = block => block with { Header = block.Header with { StateRoot = Keccak256.Hash("x"u8) } };
        Assert.Equal(LightFailure.BadCertificate, await FailureAsync(() => Client(chain).HeaderAsync()));
        chain.Lie = block => block with { Consensus = block.Consensus with { TimeMs = block.Consensus.TimeMs + 1 } };
        Assert.Equal(LightFailure.BadAnswer, await FailureAsync(() => Client(chain).HeaderAsync()));
        chain.Lie = block => block with { Validators = new LightChain(1).SetOf(9) };
        Assert.Equal(LightFailure.BadAnswer, await FailureAsync(() => Client(chain).HeaderAsync()));
        chain.Lie = _ => chain.Block(7);
        Assert.Equal(LightFailure.BadAnswer, await FailureAsync(() => Client(chain).HeaderAsync(8)));
    }

    [Fact]
    public async Task A_chain_of_strangers_is_not_believed_however_good_their_certificates_are()
    {
        var chain = new LightChain(period: 1000);
        var strangers = new LightChain(period: 1) { Offset = 100 };
        chain.Lie = block => strangers.Block(block.Header.Number);
        Assert.Equal(LightFailure.OtherValidators, await FailureAsync(() => Client(chain).HeaderAsync(40)));
    }

    [Fact]
    public async Task Trust_ends_with_its_period_and_blocks_of_the_future_are_refused()
    {
        var chain = new LightChain(period: 1000);
        time.Advance(TimeSpan.FromDays(10));
        Assert.Equal(LightFailure.TrustExpired, await FailureAsync(() => Client(chain).HeaderAsync()));
        var early = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds((long)LightChain.Start));
        Assert.Equal(
            LightFailure.WrongTime,
            await FailureAsync(() => new LightClient(chain, chain.Trust, null, early).HeaderAsync()));
    }

    [Fact]
    public async Task What_lies_before_trust_or_beyond_the_chain_is_said()
    {
        var chain = new LightChain(period: 1000);
        var client = new LightClient(chain, chain.Trust with { Height = 5 }, null, time);
        Assert.Equal(LightFailure.BeforeTrust, await FailureAsync(() => client.HeaderAsync(4)));
        Assert.Equal(LightFailure.NotAvailable, await FailureAsync(() => client.HeaderAsync(41)));
    }

    [Fact]
    public async Task Two_certified_blocks_of_one_height_are_a_fork()
    {
        var chain = new LightChain(period: 1000);
        var client = Client(chain);
        var header = await client.HeaderAsync();
        Assert.True(await client.CompareAsync(new LightChain(1000), header));
        var forged = new LightChain(1000);
        forged.Put(40, Keccak256.Hash("other"u8), Hash256.Zero, Hash256.Zero);
        Assert.Equal(LightFailure.Fork, await FailureAsync(() => client.CompareAsync(forged, header)));
        forged.Lie = block => block with { Commit = forged.Block(39).Commit };
        Assert.False(await client.CompareAsync(forged, header));
    }

    [Fact]
    public async Task A_balance_is_believed_with_its_proof_only()
    {
        var account = TestAccounts.Key(0).Address;
        var state = new AccountState(3, 1_000_000, MerkleTrie.EmptyRoot, AccountState.EmptyCodeHash);
        var (root, nodes) = TrieOf(account, state);
        var chain = new LightChain(period: 1000);
        chain.Put(40, root, Hash256.Zero, Hash256.Zero);
        var client = Client(chain);
        var header = await client.HeaderAsync();
        chain.Account = () => new AccountProof(account, null, nodes, []);
        Assert.Equal(state, await client.AccountAsync(account, header));
        var stranger = TestAccounts.Key(1).Address;
        Assert.Equal(AccountState.Empty, await client.AccountAsync(stranger, header));
        var forged = TrieOf(account, state with { Balance = 2_000_000 }).Nodes;
        chain.Account = () => new AccountProof(account, null, forged, []);
        Assert.Equal(LightFailure.BadProof, await FailureAsync(() => client.AccountAsync(account, header)));
    }

    [Fact]
    public async Task A_receipt_is_believed_for_its_own_transaction_only()
    {
        var transactions = Enumerable.Range(0, 20)
            .Select(i => (ReadOnlyMemory<byte>)TestAccounts.Transfer(0, (ulong)i, Address.Zero, 1).Bytes()).ToList();
        var receipts = Enumerable.Range(0, 20).Select(i => (ReadOnlyMemory<byte>)new Receipt(
            Aitbc.Primitives.Transactions.TransactionType.DynamicFee, i % 2 == 0, (ulong)i * 21_000, 21_000, 7, [])
            .EncodeConsensus()).ToList();
        var chain = new LightChain(period: 1000);
        chain.Put(12, Hash256.Zero, Block.RootOf(transactions), Block.RootOf(receipts));
        var client = Client(chain);
        var hash = Keccak256.Hash(transactions[7].Span);
        ReceiptProof Proof(int transaction, int receipt) => new(
            12, (ulong)transaction, transactions[transaction].ToArray(), ListProof.Of(transactions, transaction),
            receipts[receipt].ToArray(), ListProof.Of(receipts, receipt));
        chain.Receipt = () => Proof(7, 7);
        var proved = (await client.ReceiptAsync(hash))!;
        Assert.Equal((12UL, 7UL, false), (proved.Block.Height, proved.Index, proved.Receipt.Succeeded));
        // The receipt of the next transaction succeeded; claiming it for this one is refused.
        chain.Receipt = () => Proof(7, 8);
        Assert.Equal(LightFailure.BadProof, await FailureAsync(() => client.ReceiptAsync(hash)));
        chain.Receipt = () => Proof(8, 8);
        Assert.Equal(LightFailure.BadProof, await FailureAsync(() => client.ReceiptAsync(hash)));
        chain.Receipt = null;
        Assert.Null(await client.ReceiptAsync(hash));
    }

    [Fact]
    public void A_trust_file_comes_back_as_it_was_and_other_bytes_are_refused()
    {
        var trust = new LightChain(3).Trust;
        var json = LightTrustFile.ToJson(trust).ToJsonString();
        var read = LightTrustFile.Parse(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(trust.Validators.Hash, read.Validators.Hash);
        Assert.Equal(trust with { Validators = read.Validators }, read);
        var atZero = json.Replace("\"height\":1", "\"height\":0");
        foreach (var bad in new[] { "", "[]", "{}", json.Replace("0x", "1x"), atZero })
        {
            Assert.Throws<FormatException>(() =>
                LightTrustFile.Parse(System.Text.Encoding.UTF8.GetBytes(bad)));
        }
    }

    private LightClient Client(LightChain chain) => new(chain, chain.Trust, null, time);

    private static async Task<LightFailure> FailureAsync(Func<Task> what) =>
        (await Assert.ThrowsAsync<LightException>(what)).Failure;

    private static (Hash256 Root, List<byte[]> Nodes) TrieOf(Address address, AccountState state)
    {
        var trie = new MerkleTrie(_ => null, TrieKey.Accounts);
        trie.Set(address.KeccakHash().ToArray(), state.Encode());
        var changes = new List<NodeChange>();
        return (trie.Commit(changes), [.. changes.Select(c => c.After!)]);
    }
}
