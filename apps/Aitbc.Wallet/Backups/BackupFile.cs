using System.Buffers.Binary;
using System.Security.Cryptography;
using Aitbc.Wallet.Keys;
using NSec.Cryptography;

namespace Aitbc.Wallet.Backups;

/// <summary>
/// A file in pieces, each sealed with its place and whether it is the last (the STREAM construction): none can be left
/// out, doubled, moved or cut off unseen. The key is random and seals this file only.
/// </summary>
internal static class BackupFile
{
    private const int TagLength = 16;

    /// <summary>Seals all that a stream has.</summary>
    public static async Task WriteAsync(
        Stream plain, BackupHeader header, byte[] password, Stream to, CancellationToken cancel)
    {
        var fileKey = RandomNumberGenerator.GetBytes(MasterKey.Length);
        try
        {
            await to.WriteAsync(header.Write(password, fileKey), cancel);
            using var key = Key.Import(PasswordKey.Cipher, fileKey, KeyBlobFormat.RawSymmetricKey);
            var piece = new byte[BackupHeader.PieceLength];
            for (var i = 0L; i < header.Pieces; i++)
            {
                var length = (int)Math.Min(BackupHeader.PieceLength, header.Length - (i * BackupHeader.PieceLength));
                await plain.ReadExactlyAsync(piece.AsMemory(0, length), cancel);
                var nonce = Nonce(i, i == header.Pieces - 1);
                await to.WriteAsync(PasswordKey.Cipher.Encrypt(key, nonce, default, piece.AsSpan(0, length)), cancel);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    /// <summary>Opens a file into a stream. What was written before an exception is worth nothing.</summary>
    /// <exception cref="WalletBackupException">Not a backup, a wrong password, cut, or damaged.</exception>
    public static async Task<BackupHeader> ReadAsync(
        Stream from, byte[] password, Stream plain, CancellationToken cancel)
    {
        var start = new byte[BackupHeader.Size];
        var read = await from.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        var header = BackupHeader.Read(start.AsSpan(0, read));
        if (from.Length < header.FileLength)
            throw WalletBackupException.Cut(from.Length, header.FileLength);
        if (from.Length > header.FileLength)
            throw WalletBackupException.Damaged("something follows its end");
        using var key = header.TryOpen(start, password) ?? throw WalletBackupException.WrongPassword();
        var piece = new byte[BackupHeader.PieceLength + TagLength];
        var opened = new byte[BackupHeader.PieceLength];
        for (var i = 0L; i < header.Pieces; i++)
        {
            var length = (int)Math.Min(BackupHeader.PieceLength, header.Length - (i * BackupHeader.PieceLength));
            await from.ReadExactlyAsync(piece.AsMemory(0, length + TagLength), cancel);
            var nonce = Nonce(i, i == header.Pieces - 1);
            var ciphertext = piece.AsSpan(0, length + TagLength);
            if (!PasswordKey.Cipher.Decrypt(key, nonce, default, ciphertext, opened.AsSpan(0, length)))
                throw WalletBackupException.Damaged($"piece {i + 1} of {header.Pieces} is not what was written");
            await plain.WriteAsync(opened.AsMemory(0, length), cancel);
        }

        return header;
    }

    private static byte[] Nonce(long piece, bool isLast)
    {
        var nonce = new byte[MasterKey.NonceLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(MasterKey.NonceLength - 9), piece);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
        return nonce;
    }
}
