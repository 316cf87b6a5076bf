using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Wallet.Storage.Migrations
{
    /// <inheritdoc />
    public partial class OpenedMessages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "opened_messages",
                columns: table => new
                {
                    Account = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Signer = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Sender = table.Column<long>(type: "INTEGER", nullable: false),
                    MessageId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Digest = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OpenedAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_opened_messages", x => new { x.Account, x.Signer, x.Sender, x.MessageId });
                });

            migrationBuilder.CreateIndex(
                name: "IX_opened_messages_OpenedAtMs",
                table: "opened_messages",
                column: "OpenedAtMs");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "opened_messages");
        }
    }
}
