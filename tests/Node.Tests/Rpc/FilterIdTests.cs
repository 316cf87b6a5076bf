using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class FilterIdTests : NodeTest
{
    [Fact]
    public async Task Ids_of_filters_are_quantities_without_a_leading_zero()
    {
        for (var i = 0; i < 100; i++)
            Assert.Matches("^0x[1-9a-f][0-9a-f]*$", (string)(await Node.CallAsync("eth_newBlockFilter"))!);
    }
}
