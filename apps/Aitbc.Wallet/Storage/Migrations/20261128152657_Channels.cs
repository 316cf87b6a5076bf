using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Wallet.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Channels : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "CancelHash",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Claimable",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Deposit",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsRepeated",
                table: "spends",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<byte[]>(
                name: "Price",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Returned",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "channels",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ChannelId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    BudgetId = table.Column<long>(type: "INTEGER", nullable: false),
                    ChainId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Payer = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Authorizer = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Receiver = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ReceiverAuthorizer = table.Column<byte[]>(type: "BLOB", nullable: false),
                    WithdrawDelay = table.Column<long>(type: "INTEGER", nullable: false),
                    Salt = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Deposited = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Balance = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Promised = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Charged = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Claimed = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Returned = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PendingMark = table.Column<long>(type: "INTEGER", nullable: true),
                    PendingUntilMs = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    CloseAsked = table.Column<bool>(type: "INTEGER", nullable: false),
                    FinalizableAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_channels", x => x.Id);
                    table.ForeignKey(
                        name: "FK_channels_budgets_BudgetId",
                        column: x => x.BudgetId,
                        principalTable: "budgets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_spends_Channel",
                table: "spends",
                column: "Channel");

            migrationBuilder.CreateIndex(
                name: "IX_channels_BudgetId",
                table: "channels",
                column: "BudgetId");

            migrationBuilder.CreateIndex(
                name: "IX_channels_ChannelId",
                table: "channels",
                column: "ChannelId",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "channels");

            migrationBuilder.DropIndex(
                name: "IX_spends_Channel",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "CancelHash",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "Claimable",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "Deposit",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "IsRepeated",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "Price",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "Returned",
                table: "spends");
        }
    }
}
