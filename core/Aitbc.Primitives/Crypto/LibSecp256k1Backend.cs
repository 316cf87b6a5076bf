using System.Runtime.InteropServices;

namespace Aitbc.Primitives.Crypto;

/// <summary>libsecp256k1 (bitcoin-core) with its recovery module, as Debian's libsecp256k1-1 brings it.</summary>
internal sealed unsafe partial class LibSecp256k1Backend : ISecp256k1Backend
{
    private const string Library = "libsecp256k1.so.1";
    private const uint ContextSignAndVerify = 0x301;
    private const uint Uncompressed = 2;

    public static bool IsAvailable { get; } = Probe();

    // One context, never randomised: then it is only read, and safe to share between threads.
    // Initialisers run in order.
    private static readonly nint Context = IsAvailable ? ContextCreate(ContextSignAndVerify) : 0;

    public string Name => "libsecp256k1";

    public bool IsValidSecret(ReadOnlySpan<byte> secret)
    {
        fixed (byte* key = secret)
            return SecretVerify(Context, key) == 1;
    }

    public void PublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey64)
    {
        var point = stackalloc byte[64];
        fixed (byte* key = secret)
        {
            if (PublicKeyCreate(Context, point, key) != 1)
                throw new ArgumentException("Not a secret key.", nameof(secret));
        }

        Serialize(point, publicKey64);
    }

    public Signature Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hash)
    {
        var opaque = stackalloc byte[65];
        var compact = stackalloc byte[64];
        int parity;
        fixed (byte* key = secret, message = hash)
        {
            if (SignRecoverable(Context, opaque, message, key, null, null) != 1)
                throw new ArgumentException("Not a secret key.", nameof(secret));
        }

        _ = SerializeCompact(Context, compact, &parity, opaque);
        return new Signature(
            Hash256.FromBytes(new ReadOnlySpan<byte>(compact, 32)),
            Hash256.FromBytes(new ReadOnlySpan<byte>(compact + 32, 32)),
            (byte)parity);
    }

    public bool TryRecover(ReadOnlySpan<byte> hash, Signature signature, Span<byte> publicKey64)
    {
        var compact = stackalloc byte[64];
        signature.R.CopyTo(new Span<byte>(compact, 32));
        signature.S.CopyTo(new Span<byte>(compact + 32, 32));
        var opaque = stackalloc byte[65];
        var point = stackalloc byte[64];
        if (ParseCompact(Context, opaque, compact, signature.YParity) != 1)
            return false;
        fixed (byte* message = hash)
        {
            if (Recover(Context, point, opaque, message) != 1)
                return false;
        }

        Serialize(point, publicKey64);
        return true;
    }

    private static void Serialize(byte* point, Span<byte> publicKey64)
    {
        var bytes = stackalloc byte[65];
        nuint length = 65;
        _ = PublicKeySerialize(Context, bytes, &length, point, Uncompressed);
        new ReadOnlySpan<byte>(bytes + 1, 64).CopyTo(publicKey64);
    }

    private static bool Probe() =>
        NativeLibrary.TryLoad(Library, out var handle)
        && NativeLibrary.TryGetExport(handle, "secp256k1_ecdsa_recover", out _)
        && NativeLibrary.TryGetExport(handle, "secp256k1_ecdsa_sign_recoverable", out _);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_create")]
    private static partial nint ContextCreate(uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_seckey_verify")]
    private static partial int SecretVerify(nint context, byte* secret);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_create")]
    private static partial int PublicKeyCreate(nint context, byte* point, byte* secret);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    private static partial int PublicKeySerialize(nint context, byte* output, nuint* length, byte* point, uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_sign_recoverable")]
    private static partial int SignRecoverable(
        nint context, byte* signature, byte* message, byte* secret, void* nonceFunction, void* nonceData);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_serialize_compact")]
    private static partial int SerializeCompact(nint context, byte* output, int* parity, byte* signature);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    private static partial int ParseCompact(nint context, byte* signature, byte* input, int parity);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recover")]
    private static partial int Recover(nint context, byte* point, byte* signature, byte* message);
}
