using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Wallet.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "accounts",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Address = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Label = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Path = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    DerivationIndex = table.Column<long>(type: "INTEGER", nullable: true),
                    KeySalt = table.Column<byte[]>(type: "BLOB", nullable: false),
                    KeyNonce = table.Column<byte[]>(type: "BLOB", nullable: false),
                    KeyCiphertext = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "vault",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    VaultId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Argon2MemoryKiB = table.Column<long>(type: "INTEGER", nullable: false),
                    Argon2Passes = table.Column<long>(type: "INTEGER", nullable: false),
                    Argon2Salt = table.Column<byte[]>(type: "BLOB", nullable: false),
                    MasterNonce = table.Column<byte[]>(type: "BLOB", nullable: false),
                    MasterCiphertext = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SeedSalt = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SeedNonce = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SeedCiphertext = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vault", x => x.Id);
                    table.CheckConstraint("one_vault", "Id = 1");
                });

            migrationBuilder.CreateIndex(
                name: "IX_accounts_Address",
                table: "accounts",
                column: "Address",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_accounts_DerivationIndex",
                table: "accounts",
                column: "DerivationIndex",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_accounts_Label",
                table: "accounts",
                column: "Label",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "accounts");

            migrationBuilder.DropTable(
                name: "vault");
        }
    }
}
