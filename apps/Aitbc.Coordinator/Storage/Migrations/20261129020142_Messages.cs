using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Messages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "messages",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Receiver = table.Column<long>(type: "INTEGER", nullable: false),
                    Sender = table.Column<long>(type: "INTEGER", nullable: false),
                    MessageId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Digest = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SentAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Topic = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ReceiverKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SenderKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Sealed = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Signature = table.Column<string>(type: "TEXT", maxLength: 132, nullable: false),
                    IsAcknowledged = table.Column<bool>(type: "INTEGER", nullable: false),
                    ReceivedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages", x => x.Number);
                });

            migrationBuilder.CreateIndex(
                name: "IX_messages_Digest",
                table: "messages",
                column: "Digest",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_messages_ExpiresAtMs",
                table: "messages",
                column: "ExpiresAtMs");

            migrationBuilder.CreateIndex(
                name: "IX_messages_Receiver_IsAcknowledged_Number",
                table: "messages",
                columns: new[] { "Receiver", "IsAcknowledged", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_Receiver_Sender_MessageId",
                table: "messages",
                columns: new[] { "Receiver", "Sender", "MessageId" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "messages");
        }
    }
}
