using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Market : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "ServeRate",
                table: "providers",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1000);

            migrationBuilder.CreateTable(
                name: "bids",
                columns: table => new
                {
                    JobId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Client = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ResourceClass = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    SpecJson = table.Column<string>(type: "TEXT", nullable: false),
                    Price = table.Column<byte[]>(type: "BLOB", nullable: false),
                    UntilMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Cancelled = table.Column<bool>(type: "INTEGER", nullable: false),
                    QuoteId = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bids", x => x.JobId);
                });

            migrationBuilder.CreateTable(
                name: "book_inputs",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ResourceClass = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    AtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    OrderId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Side = table.Column<int>(type: "INTEGER", nullable: false),
                    Owner = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Price = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Quantity = table.Column<long>(type: "INTEGER", nullable: false),
                    Score = table.Column<int>(type: "INTEGER", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_book_inputs", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "offers",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Provider = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ResourceClass = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    Price = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Rank = table.Column<int>(type: "INTEGER", nullable: false),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    MaxUnits = table.Column<long>(type: "INTEGER", nullable: false),
                    Capacity = table.Column<int>(type: "INTEGER", nullable: false),
                    Slots = table.Column<int>(type: "INTEGER", nullable: false),
                    Region = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    PrivacyRank = table.Column<int>(type: "INTEGER", nullable: false),
                    Warm = table.Column<bool>(type: "INTEGER", nullable: false),
                    OfferJson = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_offers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "quotes",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    JobId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Client = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OfferId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    QuoteJson = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    HoldUntilMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Accepted = table.Column<bool>(type: "INTEGER", nullable: false),
                    Signature = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quotes", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_bids_Client_UntilMs",
                table: "bids",
                columns: new[] { "Client", "UntilMs" });

            migrationBuilder.CreateIndex(
                name: "IX_book_inputs_ResourceClass_Sequence",
                table: "book_inputs",
                columns: new[] { "ResourceClass", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_offers_Provider",
                table: "offers",
                column: "Provider");

            migrationBuilder.CreateIndex(
                name: "IX_offers_ResourceClass_Price_Rank_IssuedAt_Id",
                table: "offers",
                columns: new[] { "ResourceClass", "Price", "Rank", "IssuedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_quotes_Client_HoldUntilMs",
                table: "quotes",
                columns: new[] { "Client", "HoldUntilMs" });

            migrationBuilder.CreateIndex(
                name: "IX_quotes_JobId",
                table: "quotes",
                column: "JobId");

            migrationBuilder.CreateIndex(
                name: "IX_quotes_OfferId_HoldUntilMs",
                table: "quotes",
                columns: new[] { "OfferId", "HoldUntilMs" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "bids");

            migrationBuilder.DropTable(
                name: "book_inputs");

            migrationBuilder.DropTable(
                name: "offers");

            migrationBuilder.DropTable(
                name: "quotes");

            migrationBuilder.DropColumn(
                name: "ServeRate",
                table: "providers");
        }
    }
}
