using Wasmtime;

namespace Aitbc.Provider.Engines.Wasm;

/// <summary>
/// The rest of WASI preview1: files, directories, sockets, polling and signals. They exist so that programs of
/// ordinary compilers link, and each refuses. No directory is ever open, so every descriptor beyond the three streams
/// is unknown.
/// </summary>
internal static class WasiRefusals
{
    private static readonly (string Name, string Parameters, int Errno)[] Table =
    [
        ("fd_advise", "iIIi", WasiErrno.BadDescriptor),
        ("fd_allocate", "iII", WasiErrno.BadDescriptor),
        ("fd_datasync", "i", WasiErrno.BadDescriptor),
        ("fd_fdstat_set_flags", "ii", WasiErrno.NotSupported),
        ("fd_fdstat_set_rights", "iII", WasiErrno.NotSupported),
        ("fd_filestat_get", "ii", WasiErrno.BadDescriptor),
        ("fd_filestat_set_size", "iI", WasiErrno.BadDescriptor),
        ("fd_filestat_set_times", "iIIi", WasiErrno.BadDescriptor),
        ("fd_pread", "iiiIi", WasiErrno.BadDescriptor),
        ("fd_prestat_get", "ii", WasiErrno.BadDescriptor),
        ("fd_prestat_dir_name", "iii", WasiErrno.BadDescriptor),
        ("fd_pwrite", "iiiIi", WasiErrno.BadDescriptor),
        ("fd_readdir", "iiiIi", WasiErrno.BadDescriptor),
        ("fd_renumber", "ii", WasiErrno.BadDescriptor),
        ("fd_sync", "i", WasiErrno.BadDescriptor),
        ("fd_tell", "ii", WasiErrno.IllegalSeek),
        ("path_create_directory", "iii", WasiErrno.NotCapable),
        ("path_filestat_get", "iiiii", WasiErrno.NotCapable),
        ("path_filestat_set_times", "iiiiIIi", WasiErrno.NotCapable),
        ("path_link", "iiiiiii", WasiErrno.NotCapable),
        ("path_open", "iiiiiIIii", WasiErrno.NotCapable),
        ("path_readlink", "iiiiii", WasiErrno.NotCapable),
        ("path_remove_directory", "iii", WasiErrno.NotCapable),
        ("path_rename", "iiiiii", WasiErrno.NotCapable),
        ("path_symlink", "iiiii", WasiErrno.NotCapable),
        ("path_unlink_file", "iii", WasiErrno.NotCapable),
        ("poll_oneoff", "iiii", WasiErrno.NotSupported),
        ("proc_raise", "i", WasiErrno.NotSupported),
        ("sock_accept", "iii", WasiErrno.NotSupported),
        ("sock_recv", "iiiiii", WasiErrno.NotSupported),
        ("sock_send", "iiiii", WasiErrno.NotSupported),
        ("sock_shutdown", "ii", WasiErrno.NotSupported),
    ];

    public static bool Refuses(string name) => Array.Exists(Table, row => row.Name == name);

    public static void Define(Linker linker, string module)
    {
        foreach (var (name, parameters, errno) in Table)
        {
            ValueKind[] kinds = [.. parameters.Select(p => p == 'I' ? ValueKind.Int64 : ValueKind.Int32)];
            linker.DefineFunction(
                module,
                name,
                (caller, _, results) =>
                {
                    WasiHost.Enter(caller);
                    results[0] = errno;
                },
                kinds,
                [ValueKind.Int32]);
        }
    }
}
