using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Consensus;
using Aitbc.Node.Rpc.Logs;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Rpc.Sending;
using Aitbc.Node.Rpc.State;
using Aitbc.Node.Rpc.Subscriptions;

namespace Aitbc.Node.Rpc;

/// <summary>The table of methods (specs/rpc.md), with what each costs.</summary>
internal static class RpcMethods
{
    public static MethodTable Table(
        NodeMethods node, ConsensusMethods consensus, StateMethods state, ProofMethods proofs, CallMethods calls,
        FeeMethods fees, BlockMethods blocks, SendMethods sending, PoolMethods pool, LogMethods logs,
        FilterTable filters)
    {
        var table = new MethodTable();
        AddNode(table, node);
        AddConsensus(table, consensus);
        AddState(table, state, proofs);
        AddCalls(table, calls, fees);
        AddBlocks(table, blocks);
        AddSending(table, sending);
        AddPool(table, pool);
        AddEvents(table, logs, filters);
        return table;
    }

    private static void AddNode(MethodTable table, NodeMethods node)
    {
        table.Add("web3_clientVersion", RpcCost.Light, NodeMethods.ClientVersion);
        table.Add("web3_sha3", RpcCost.Light, NodeMethods.Keccak);
        table.Add("net_version", RpcCost.Light, node.NetworkId);
        table.Add("net_listening", RpcCost.Light, NodeMethods.Yes);
        table.Add("rpc_modules", RpcCost.Light, NodeMethods.Modules);
        table.Add("eth_chainId", RpcCost.Light, node.ChainId);
        table.Add("eth_accounts", RpcCost.Light, NodeMethods.NoAccounts);
        table.Add("aitbc_runtime", RpcCost.Light, node.Runtime);
        table.Add("aitbc_status", RpcCost.Heavy, node.Status);
    }

    private static void AddConsensus(MethodTable table, ConsensusMethods consensus)
    {
        table.Add("net_peerCount", RpcCost.Light, consensus.PeerCount);
        table.Add("eth_syncing", RpcCost.Light, consensus.Syncing);
        table.Add("aitbc_peers", RpcCost.Light, consensus.Peers);
        table.Add("aitbc_validators", RpcCost.Block, consensus.Validators);
        table.Add("aitbc_getCommit", RpcCost.Block, consensus.Commit);
        table.Add("aitbc_consensus", RpcCost.Light, consensus.Standing);
    }

    private static void AddState(MethodTable table, StateMethods state, ProofMethods proofs)
    {
        table.Add("eth_getBalance", RpcCost.Light, state.Balance);
        table.Add("eth_getTransactionCount", RpcCost.Light, state.Nonce);
        table.Add("eth_getCode", RpcCost.Light, state.Code);
        table.Add("eth_getStorageAt", RpcCost.Light, state.Storage);
        table.Add("eth_getProof", RpcCost.Heavy, proofs.Proof);
    }

    private static void AddCalls(MethodTable table, CallMethods calls, FeeMethods fees)
    {
        table.Add("eth_call", RpcCost.Heavy, calls.Call);
        table.Add("eth_estimateGas", RpcCost.Heavy, calls.Estimate);
        table.Add("eth_createAccessList", RpcCost.Heavy, calls.CreateAccessList);
        table.Add("eth_gasPrice", RpcCost.Light, fees.GasPrice);
        table.Add("eth_baseFee", RpcCost.Light, fees.NextBaseFee);
        table.Add("eth_maxPriorityFeePerGas", RpcCost.Light, FeeMethods.Tip);
        table.Add("eth_feeHistory", RpcCost.Heavy, fees.History);
    }

    private static void AddBlocks(MethodTable table, BlockMethods blocks)
    {
        table.Add("eth_blockNumber", RpcCost.Light, blocks.Number);
        table.Add("eth_getBlockByNumber", RpcCost.Block, blocks.ByNumber);
        table.Add("eth_getBlockByHash", RpcCost.Block, blocks.ByHash);
        table.Add("eth_getBlockTransactionCountByNumber", RpcCost.Block, blocks.CountByNumber);
        table.Add("eth_getBlockTransactionCountByHash", RpcCost.Block, blocks.CountByHash);
        table.Add("eth_getUncleCountByBlockNumber", RpcCost.Block, blocks.UnclesByNumber);
        table.Add("eth_getUncleCountByBlockHash", RpcCost.Block, blocks.UnclesByHash);
        table.Add("eth_getTransactionByHash", RpcCost.Light, blocks.TransactionByHash);
        table.Add("eth_getTransactionByBlockNumberAndIndex", RpcCost.Block, blocks.TransactionByNumberAndIndex);
        table.Add("eth_getTransactionByBlockHashAndIndex", RpcCost.Block, blocks.TransactionByHashAndIndex);
        table.Add("eth_getTransactionReceipt", RpcCost.Light, blocks.Receipt);
        table.Add("eth_getBlockReceipts", RpcCost.Heavy, blocks.Receipts);
        table.Add("aitbc_getReceiptProof", RpcCost.Heavy, blocks.ReceiptProof);
    }

    private static void AddSending(MethodTable table, SendMethods sending)
    {
        table.Add("eth_sendRawTransaction", RpcCost.Send, sending.SendRaw);
        table.AddWaiting("eth_sendRawTransactionSync", RpcCost.Send, sending.SendRawAndWait);
        table.Add("aitbc_transactionStatus", RpcCost.Light, sending.Status);
    }

    private static void AddPool(MethodTable table, PoolMethods pool)
    {
        table.Add("txpool_status", RpcCost.Light, pool.Status);
        table.Add("txpool_content", RpcCost.Heavy, pool.Content);
        table.Add("txpool_contentFrom", RpcCost.Heavy, pool.ContentFrom);
        table.Add("txpool_inspect", RpcCost.Heavy, pool.Inspect);
    }

    private static void AddEvents(MethodTable table, LogMethods logs, FilterTable filters)
    {
        table.Add("eth_getLogs", RpcCost.Heavy, logs.Get);
        table.Add("eth_newFilter", RpcCost.Light, filters.NewLogFilter);
        table.Add("eth_newBlockFilter", RpcCost.Light, filters.NewBlockFilter);
        table.Add("eth_newPendingTransactionFilter", RpcCost.Light, filters.NewPendingFilter);
        table.Add("eth_getFilterChanges", RpcCost.Heavy, filters.Changes);
        table.Add("eth_getFilterLogs", RpcCost.Heavy, filters.Logs);
        table.Add("eth_uninstallFilter", RpcCost.Light, filters.Uninstall);
        table.Add("eth_subscribe", RpcCost.Light, (in call, json) => call.Subscriber.Subscribe(call, json));
        table.Add("eth_unsubscribe", RpcCost.Light, (in call, json) => call.Subscriber.Unsubscribe(call, json));
    }
}
