using System.Security.Cryptography;
using Aitbc.Primitives.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Keys;

/// <summary>
/// Opens the master key with the password, once per start, and keeps it until the end of the process. On the very first
/// start it makes the master key and the wallet's own seed.
/// </summary>
internal sealed class Vault(
    IDbContextFactory<WalletDbContext> databases, WalletOptions options, TimeProvider time) : IDisposable
{
    private const int EntropyLength = 32;
    private const int VaultIdLength = 16;
    private MasterKey? master;
    private VaultRow? row;
    private ITimer? autoLock;
    private long usedAt;

    /// <summary>The master key; using it puts the automatic lock off.</summary>
    /// <exception cref="WalletLockedException">The vault is locked.</exception>
    public MasterKey Master
    {
        get
        {
            Volatile.Write(ref usedAt, time.GetTimestamp());
            return Volatile.Read(ref master) ?? throw new WalletLockedException();
        }
    }

    public byte[] VaultId => row?.VaultId ?? throw new InvalidOperationException("The vault is not open.");

    public bool IsLocked => Volatile.Read(ref master) is null;

    /// <summary>Forgets the master key. Signatures that are being made end; no further one begins.</summary>
    public void Lock() => Interlocked.Exchange(ref master, null)?.Dispose();

    /// <summary>Opens the vault again; false for a wrong password.</summary>
    public bool TryUnlock(ReadOnlySpan<byte> password)
    {
        if (TryOpenMaster(row!, password) is not { } opened)
            return false;
        Volatile.Write(ref usedAt, time.GetTimestamp());
        Interlocked.Exchange(ref master, opened)?.Dispose();
        return true;
    }

    /// <summary>True if this is the wallet's password. Costs an Argon2id.</summary>
    public bool IsPassword(ReadOnlySpan<byte> password)
    {
        using var opened = TryOpenMaster(row!, password);
        return opened is not null;
    }

    /// <exception cref="WalletStartException">Wrong password, no password, or damaged data.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var stored = await db.Vaults.AsNoTracking().SingleOrDefaultAsync(cancel);
        if (stored is null && await db.Accounts.AnyAsync(cancel))
            throw Damaged("The database has accounts and no vault.");
        var password = PasswordSource.Read(options, newWallet: stored is null);
        try
        {
            stored ??= await CreateAsync(db, password, cancel);
            master = TryOpenMaster(stored, password) ?? throw new WalletStartException(
                WalletStartException.WrongPassword,
                "The password does not open the wallet (or the stored master key is damaged).");
            row = stored;
            UseSeed(_ => true); // a damaged seed is found now and not at the next new account
            StartAutoLock();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>Runs an action with the root of the wallet's own seed; nothing of it stays decrypted.</summary>
    public T UseSeed<T>(Func<HdKey, T> use)
    {
        Span<byte> entropy = stackalloc byte[EntropyLength];
        try
        {
            var data = new SealedSecret(row!.SeedSalt, row.SeedNonce, row.SeedCiphertext);
            if (!Master.TryOpen(data, SeedBinding(row.VaultId), entropy))
                throw Damaged("The wallet's own seed is not what was written.");
            var seed = Mnemonic.ToSeed(Mnemonic.FromEntropy(entropy));
            using var root = HdKey.FromSeed(seed);
            CryptographicOperations.ZeroMemory(seed);
            return use(root);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(entropy);
        }
    }

    public void Dispose()
    {
        autoLock?.Dispose();
        Lock();
    }

    private void StartAutoLock()
    {
        if (options.AutoLock is not { } idle)
            return;
        autoLock = time.CreateTimer(
            _ =>
            {
                if (time.GetElapsedTime(Volatile.Read(ref usedAt)) >= idle)
                    Lock();
            },
            null,
            idle,
            TimeSpan.FromTicks(Math.Max(idle.Ticks / 4, TimeSpan.TicksPerSecond)));
    }

    private async Task<VaultRow> CreateAsync(WalletDbContext db, byte[] password, CancellationToken cancel)
    {
        var made = Make(password);
        db.Vaults.Add(made);
        try
        {
            await db.SaveChangesAsync(cancel);
            return made;
        }
        catch (DbUpdateException)
        {
            // Another process made the vault at the same moment: its row is the one.
            db.ChangeTracker.Clear();
            return await db.Vaults.AsNoTracking().SingleAsync(cancel);
        }
    }

    private VaultRow Make(byte[] password)
    {
        var id = RandomNumberGenerator.GetBytes(VaultIdLength);
        var salt = RandomNumberGenerator.GetBytes(PasswordKey.SaltLength);
        var nonce = RandomNumberGenerator.GetBytes(MasterKey.NonceLength);
        Span<byte> masterBytes = stackalloc byte[MasterKey.Length];
        Span<byte> entropy = stackalloc byte[EntropyLength];
        RandomNumberGenerator.Fill(masterBytes);
        RandomNumberGenerator.Fill(entropy);
        try
        {
            using var wrap = PasswordKey.Derive(password, salt, options.Argon2MemoryKiB, options.Argon2Passes);
            var binding = MasterBinding(id, salt, options.Argon2MemoryKiB, options.Argon2Passes);
            using var key = new MasterKey(masterBytes);
            var seed = key.Seal(entropy, SeedBinding(id));
            return new VaultRow
            {
                Id = 1,
                VaultId = id,
                Argon2MemoryKiB = options.Argon2MemoryKiB,
                Argon2Passes = options.Argon2Passes,
                Argon2Salt = salt,
                MasterNonce = nonce,
                MasterCiphertext = PasswordKey.Cipher.Encrypt(wrap, nonce, binding, masterBytes),
                SeedSalt = seed.Salt,
                SeedNonce = seed.Nonce,
                SeedCiphertext = seed.Ciphertext,
                CreatedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(masterBytes);
            CryptographicOperations.ZeroMemory(entropy);
        }
    }

    /// <summary>The master key of a row, or null for a wrong password.</summary>
    internal static MasterKey? TryOpenMaster(VaultRow row, ReadOnlySpan<byte> password)
    {
        if (row.MasterNonce.Length != MasterKey.NonceLength
            || row.MasterCiphertext.Length != MasterKey.Length + PasswordKey.Cipher.TagSize)
        {
            throw Damaged("The stored master key has another length than was written.");
        }

        using var wrap = PasswordKey.Derive(password, row.Argon2Salt, row.Argon2MemoryKiB, row.Argon2Passes);
        var binding = MasterBinding(row.VaultId, row.Argon2Salt, row.Argon2MemoryKiB, row.Argon2Passes);
        Span<byte> bytes = stackalloc byte[MasterKey.Length];
        try
        {
            return PasswordKey.Cipher.Decrypt(wrap, row.MasterNonce, binding, row.MasterCiphertext, bytes)
                ? new MasterKey(bytes)
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] MasterBinding(byte[] id, byte[] salt, long memoryKiB, long passes) => BoundData.Of(
        "aitbc-wallet/v1/master", id, salt, BoundData.Number(memoryKiB), BoundData.Number(passes));

    private static byte[] SeedBinding(byte[] id) => BoundData.Of("aitbc-wallet/v1/seed", id);

    private static WalletStartException Damaged(string detail) => new(WalletStartException.Damaged, detail);
}
