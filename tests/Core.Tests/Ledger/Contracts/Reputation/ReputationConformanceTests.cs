using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Reputation;
using Aitbc.Primitives;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Reputation;

/// <summary>The reputation registry against the values of ERC-8004 (erc-8004-contracts b9e466c, 2.0.0).</summary>
public sealed class ReputationConformanceTests
{
    [Fact]
    public void It_stands_at_the_address_that_stock_clients_know()
    {
        Assert.Equal(
            Address.Parse("0x8004BAa17C55a88189AE136b182e5fdA19dE9b63"), new ReputationRegistryContract().Address);
        var reputation = new ContractUser(new Devnet(), SystemContracts.AgentReputation);
        Assert.Equal(SystemContracts.AgentIdentity, reputation.Read(ReputationAbi.GetIdentityRegistry)[0]);
        Assert.Equal("2.0.0", reputation.Read(ReputationAbi.GetVersion)[0]);
    }

    [Fact]
    public void Every_selector_is_that_of_the_standard() => Golden.AssertFunctions(
        ReputationRegistryContract.Functions.Functions,
        """
        bc4d861b getIdentityRegistry()
        3c036a7e giveFeedback(uint256,int128,uint8,string,string,string,string,bytes32)
        4ab3ca99 revokeFeedback(uint256,uint64)
        c2349ab2 appendResponse(uint256,address,uint64,string,bytes32)
        81bbba58 getSummary(uint256,address[],string,string)
        232b0810 readFeedback(uint256,address,uint64)
        d9d84224 readAllFeedback(uint256,address[],string,string,bool)
        6e04cacd getResponseCount(uint256,address,uint64,address[])
        42dd519c getClients(uint256)
        f2d81759 getLastIndex(uint256,address)
        0d8e6e2c getVersion()
        """);

    [Fact]
    public void Every_topic_is_that_of_the_standard() => Golden.AssertEvents(
        [ReputationAbi.NewFeedback, ReputationAbi.FeedbackRevoked, ReputationAbi.ResponseAppended],
        "0x6a4a61743519c9d648a14e6493f47dbe3ff1aa29e7785c96c8326a205e58febc NewFeedback(uint256,address,uint64,int128,"
        + "uint8,string,string,string,string,string,bytes32)\n"
        + "0x25156fd3288212246d8b008d5921fde376c71ed14ac2e072a506eb06fde6d09d FeedbackRevoked(uint256,address,uint64)\n"
        + "0xb1c6be0b5b8aef6539e2fac0fd131a2faa7b49edf8e505b5eb0ad487d56051d4 ResponseAppended(uint256,address,uint64,"
        + "address,string,bytes32)");

    [Fact]
    public void The_namespace_of_storage_is_that_of_the_reference() => Assert.Equal(
        "0xa03d7693f2b3746b2d03f163c788147b71aa82854399a21fdf4de143ba778300", FeedbackStorage.Registry.ToHex());
}
