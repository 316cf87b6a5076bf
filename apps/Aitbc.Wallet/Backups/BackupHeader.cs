using System.Buffers.Binary;
using System.Security.Cryptography;
using Aitbc.Wallet.Keys;
using NSec.Cryptography;

namespace Aitbc.Wallet.Backups;

/// <summary>
/// The beginning of a backup file (specs/wallet.md, Backup): how the password opens the key of the file, and how long
/// the file is.
/// </summary>
internal sealed record BackupHeader(long MemoryKiB, long Passes, byte[] Salt, DateTimeOffset MadeAt, long Length)
{
    /// <summary>Bytes of plaintext in a piece; the last one has fewer or as many.</summary>
    public const int PieceLength = 64 * 1024;

    /// <summary>Bytes of the header.</summary>
    public const int Size = KeyAt + SealedKeyLength + ChecksumLength;

    private const int SealedKeyLength = MasterKey.NonceLength + MasterKey.Length + TagLength;
    private const int ChecksumLength = 32;
    private const int TagLength = 16;
    private const int KeyAt = 8 + 8 + 8 + PasswordKey.SaltLength + 8 + 8;

    private static ReadOnlySpan<byte> Magic => "AITBCWB1"u8;

    /// <summary>Bytes of the whole file.</summary>
    public long FileLength => Size + Length + (Pieces * TagLength);

    /// <summary>At least one, so that the end is always marked.</summary>
    public long Pieces => Math.Max(1, (Length + PieceLength - 1) / PieceLength);

    /// <summary>The header's bytes with the file's key sealed in them.</summary>
    public byte[] Write(ReadOnlySpan<byte> password, ReadOnlySpan<byte> fileKey)
    {
        var bytes = new byte[Size];
        Fields().CopyTo(bytes.AsSpan());
        var nonce = bytes.AsSpan(KeyAt, MasterKey.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var key = PasswordKey.Derive(password, Salt, MemoryKiB, Passes);
        PasswordKey.Cipher.Encrypt(key, nonce, Binding(), fileKey)
            .CopyTo(bytes.AsSpan(KeyAt + MasterKey.NonceLength));
        SHA256.HashData(bytes.AsSpan(0, Size - ChecksumLength)).CopyTo(bytes.AsSpan(Size - ChecksumLength));
        return bytes;
    }

    /// <exception cref="WalletBackupException">Not a backup, or a damaged one.</exception>
    public static BackupHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic))
            throw WalletBackupException.NotOne();
        if (bytes.Length < Size)
            throw WalletBackupException.Cut(bytes.Length, Size);
        // Says damage apart from a wrong password. It keeps nobody from changing the file: the seals do.
        if (!SHA256.HashData(bytes[..(Size - ChecksumLength)]).AsSpan().SequenceEqual(bytes[(Size - ChecksumLength)..]))
            throw WalletBackupException.Damaged("its beginning is not what was written");
        var header = new BackupHeader(
            BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[16..]),
            bytes.Slice(24, PasswordKey.SaltLength).ToArray(),
            Time(BinaryPrimitives.ReadInt64BigEndian(bytes[40..])),
            BinaryPrimitives.ReadInt64BigEndian(bytes[48..]));
        return header.Length is >= 0 and < long.MaxValue / 2
            ? header
            : throw WalletBackupException.Damaged("its length is impossible");
    }

    /// <summary>The key of the file, or null for a wrong password.</summary>
    public Key? TryOpen(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> password)
    {
        var nonce = bytes.Slice(KeyAt, MasterKey.NonceLength);
        var ciphertext = bytes.Slice(KeyAt + MasterKey.NonceLength, MasterKey.Length + TagLength);
        Span<byte> opened = stackalloc byte[MasterKey.Length];
        try
        {
            using var key = Derive(password);
            return PasswordKey.Cipher.Decrypt(key, nonce, Binding(), ciphertext, opened)
                ? Key.Import(PasswordKey.Cipher, opened, KeyBlobFormat.RawSymmetricKey)
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    private Key Derive(ReadOnlySpan<byte> password)
    {
        try
        {
            return PasswordKey.Derive(password, Salt, MemoryKiB, Passes);
        }
        catch (WalletStartException e)
        {
            throw WalletBackupException.Damaged(e.Message);
        }
    }

    private static DateTimeOffset Time(long unixMs) =>
        unixMs is >= 0 and <= 253_402_300_799_999
            ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
            : throw WalletBackupException.Damaged("its time is impossible");

    private byte[] Fields()
    {
        var bytes = new byte[KeyAt];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), MemoryKiB);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), Passes);
        Salt.CopyTo(bytes.AsSpan(24));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), MadeAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(48), Length);
        return bytes;
    }

    private byte[] Binding() => BoundData.Of("aitbc-wallet/v1/backup", Fields());
}
