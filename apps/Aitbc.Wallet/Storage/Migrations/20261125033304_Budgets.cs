using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Wallet.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Budgets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "budgets",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    PublicId = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    ParentId = table.Column<long>(type: "INTEGER", nullable: true),
                    Label = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Account = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Limits = table.Column<string>(type: "TEXT", nullable: false),
                    Amount = table.Column<byte[]>(type: "BLOB", nullable: false),
                    TokenHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    RevokedAtMs = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_budgets", x => x.Id);
                    table.ForeignKey(
                        name: "FK_budgets_budgets_ParentId",
                        column: x => x.ParentId,
                        principalTable: "budgets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "spends",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    BudgetId = table.Column<long>(type: "INTEGER", nullable: false),
                    Key = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    RequestHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    Amount = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Payee = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Contract = table.Column<byte[]>(type: "BLOB", nullable: true),
                    JobId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Class = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    Channel = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Signer = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Nonce = table.Column<long>(type: "INTEGER", nullable: true),
                    AuthorizationNonce = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ValidBefore = table.Column<long>(type: "INTEGER", nullable: true),
                    TransactionHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Answer = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    ReservedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spends", x => x.Id);
                    table.ForeignKey(
                        name: "FK_spends_budgets_BudgetId",
                        column: x => x.BudgetId,
                        principalTable: "budgets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "totals",
                columns: table => new
                {
                    BudgetId = table.Column<long>(type: "INTEGER", nullable: false),
                    Bucket = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    Sum = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_totals", x => new { x.BudgetId, x.Bucket });
                    table.ForeignKey(
                        name: "FK_totals_budgets_BudgetId",
                        column: x => x.BudgetId,
                        principalTable: "budgets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_budgets_Label",
                table: "budgets",
                column: "Label",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_budgets_ParentId",
                table: "budgets",
                column: "ParentId");

            migrationBuilder.CreateIndex(
                name: "IX_budgets_PublicId",
                table: "budgets",
                column: "PublicId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_budgets_TokenHash",
                table: "budgets",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_spends_BudgetId_Key",
                table: "spends",
                columns: new[] { "BudgetId", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_spends_State",
                table: "spends",
                column: "State");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "spends");

            migrationBuilder.DropTable(
                name: "totals");

            migrationBuilder.DropTable(
                name: "budgets");
        }
    }
}
