using System.Security.Cryptography;
using System.Text;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Backups;

/// <summary>
/// /v1/backup: everything the wallet knows as one file under its password. The owner's token alone is not enough.
/// </summary>
internal sealed class BackupEndpoint(
    IDbContextFactory<WalletDbContext> databases,
    PasswordDoor door,
    WalletBody bodies,
    WalletOptions options,
    TimeProvider time) : IDisposable
{
    private const string Prefix = "backup-";

    private const UnixFileMode OwnerFolder =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly SemaphoreSlim one = new(1, 1);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/backup", Caller.OwnerOnly(AnswerAsync));

    public void Dispose() => one.Dispose();

    /// <summary>What a daemon that was killed while it made a backup left behind.</summary>
    public static void RemoveLeftOvers(WalletOptions options)
    {
        foreach (var folder in Directory.GetDirectories(options.DataDirectory, Prefix + "*"))
            Directory.Delete(folder, recursive: true);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.BackupRequest);
        if ((body.Value is { } request ? door.Check(request.Password) : body.Refusal) is { } refusal)
        {
            await http.RefuseAsync(refusal);
            return;
        }

        var password = Encoding.UTF8.GetBytes(body.Value!.Password);
        await one.WaitAsync(http.RequestAborted);
        try
        {
            await WriteAsync(http, password);
        }
        finally
        {
            one.Release();
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private async Task WriteAsync(HttpContext http, byte[] password)
    {
        using var snapshot = await SnapshotAsync(http.RequestAborted);
        await using var plain = File.OpenRead(snapshot.File);
        // It has no name any more before anything of it leaves: whatever ends this, nothing stays behind.
        if (!OperatingSystem.IsWindows())
            snapshot.Dispose();
        var header = new BackupHeader(
            options.Argon2MemoryKiB,
            options.Argon2Passes,
            RandomNumberGenerator.GetBytes(PasswordKey.SaltLength),
            time.GetUtcNow(),
            plain.Length);
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = header.FileLength;
        http.Response.Headers.CacheControl = "no-store";
        await BackupFile.WriteAsync(plain, header, password, http.Response.Body, http.RequestAborted);
    }

    // One moment of the database, whatever is written meanwhile. Deleted rows are not in it.
    private async Task<Snapshot> SnapshotAsync(CancellationToken cancel)
    {
        var snapshot = new Snapshot(Path.Combine(
            options.DataDirectory, Prefix + RandomNumberGenerator.GetHexString(16, lowercase: true)));
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            await db.Database.ExecuteSqlAsync($"VACUUM INTO {snapshot.File}", cancel);
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    private sealed class Snapshot : IDisposable
    {
        private readonly string folder;

        public Snapshot(string folder)
        {
            this.folder = folder;
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, OwnerFolder);
        }

        public string File => Path.Combine(folder, "wallet.db");

        public void Dispose()
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }
}
