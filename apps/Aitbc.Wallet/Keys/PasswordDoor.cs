using System.Security.Cryptography;
using System.Text;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Keys;

/// <summary>Checks the wallet's password where a request brings it, slower the more often it is wrong.</summary>
internal sealed class PasswordDoor(Vault vault, TimeProvider time)
{
    private const int FreeAttempts = 3;
    private readonly Attempts attempts = new(time, FreeAttempts);

    /// <summary>Null if it is the password.</summary>
    public Refusal? Check(string password) => Try(password, bytes => vault.IsPassword(bytes));

    /// <summary>Null if it is the password; the vault is open then.</summary>
    public Refusal? Unlock(string password) => Try(password, bytes => vault.TryUnlock(bytes));

    private Refusal? Try(string password, Func<byte[], bool> use)
    {
        if (attempts.Wait() is var wait && wait > TimeSpan.Zero)
        {
            return new Refusal(
                "too_many_attempts", 429, $"Too many wrong passwords: wait {Math.Ceiling(wait.TotalSeconds)} s.", true);
        }

        var bytes = Encoding.UTF8.GetBytes(password);
        try
        {
            if (use(bytes))
            {
                attempts.Right();
                return null;
            }

            attempts.Wrong();
            return Refusal.WrongPassword("This is not the wallet's password.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
