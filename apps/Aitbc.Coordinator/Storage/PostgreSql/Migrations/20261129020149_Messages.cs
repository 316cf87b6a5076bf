using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Aitbc.Coordinator.Storage.PostgreSql.Migrations
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
                    Number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Receiver = table.Column<long>(type: "bigint", nullable: false),
                    Sender = table.Column<long>(type: "bigint", nullable: false),
                    MessageId = table.Column<byte[]>(type: "bytea", nullable: false),
                    Digest = table.Column<byte[]>(type: "bytea", nullable: false),
                    SentAt = table.Column<long>(type: "bigint", nullable: false),
                    Topic = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    ReceiverKey = table.Column<byte[]>(type: "bytea", nullable: false),
                    SenderKey = table.Column<byte[]>(type: "bytea", nullable: false),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    Signature = table.Column<string>(type: "character varying(132)", maxLength: 132, nullable: false),
                    IsAcknowledged = table.Column<bool>(type: "boolean", nullable: false),
                    ReceivedAtMs = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "bigint", nullable: false)
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
