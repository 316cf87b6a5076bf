using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace System.Tests.Chaos.Running;

/// <summary>
/// Sockets inside a network namespace for a process outside: a socket belongs to the namespace that its thread was in
/// when it was made.
/// </summary>
internal static class NamespaceDoor
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    public static Socket Connect(string name, IPEndPoint place) => Within(name, socket => socket.Connect(place));

    public static Socket Listen(string name, IPEndPoint place) => Within(name, socket =>
    {
        socket.Bind(place);
        socket.Listen();
    });

    private static Socket Within(string name, Action<Socket> use)
    {
        Socket? socket = null;
        Exception? failure = null;
        // A thread of its own, which ends there.
        var thread = new Thread(() =>
        {
            try
            {
                Enter(name);
                socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                use(socket);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                socket?.Dispose();
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? socket! : throw new HttpRequestException(failure.Message, failure);
    }

    private static void Enter(string name)
    {
        using var file = File.OpenHandle($"/run/netns/{name}");
        if (Native.SetNamespace((int)file.DangerousGetHandle(), NetworkNamespace) != 0)
            throw new IOException($"The namespace {name} cannot be entered (errno {Marshal.GetLastPInvokeError()}).");
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int SetNamespace(int descriptor, int kind);
    }
}
