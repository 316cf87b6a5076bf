using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Aitbc.Coordinator.Storage.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "bids",
                columns: table => new
                {
                    JobId = table.Column<byte[]>(type: "bytea", nullable: false),
                    Client = table.Column<byte[]>(type: "bytea", nullable: false),
                    ResourceClass = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false, collation: "C"),
                    SpecJson = table.Column<string>(type: "text", nullable: false),
                    Price = table.Column<byte[]>(type: "bytea", nullable: false),
                    UntilMs = table.Column<long>(type: "bigint", nullable: false),
                    Cancelled = table.Column<bool>(type: "boolean", nullable: false),
                    QuoteId = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bids", x => x.JobId);
                });

            migrationBuilder.CreateTable(
                name: "blob_owners",
                columns: table => new
                {
                    Hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    Account = table.Column<byte[]>(type: "bytea", nullable: false),
                    Bytes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_blob_owners", x => new { x.Hash, x.Account });
                });

            migrationBuilder.CreateTable(
                name: "blobs",
                columns: table => new
                {
                    Hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    Bytes = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_blobs", x => x.Hash);
                });

            migrationBuilder.CreateTable(
                name: "book_inputs",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ResourceClass = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false, collation: "C"),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    AtMs = table.Column<long>(type: "bigint", nullable: false),
                    OrderId = table.Column<byte[]>(type: "bytea", nullable: false),
                    Side = table.Column<int>(type: "integer", nullable: false),
                    Owner = table.Column<byte[]>(type: "bytea", nullable: false),
                    Price = table.Column<byte[]>(type: "bytea", nullable: false),
                    Quantity = table.Column<long>(type: "bigint", nullable: false),
                    Score = table.Column<int>(type: "integer", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_book_inputs", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "challenges",
                columns: table => new
                {
                    Nonce = table.Column<string>(type: "text", nullable: false),
                    Message = table.Column<string>(type: "text", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_challenges", x => x.Nonce);
                });

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Id = table.Column<byte[]>(type: "bytea", nullable: false),
                    Client = table.Column<byte[]>(type: "bytea", nullable: false),
                    Provider = table.Column<byte[]>(type: "bytea", nullable: false),
                    ClientKey = table.Column<byte[]>(type: "bytea", nullable: false),
                    OrderHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    SpecJson = table.Column<string>(type: "text", nullable: false),
                    TermsJson = table.Column<string>(type: "text", nullable: false),
                    TermsHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    ModuleHash = table.Column<byte[]>(type: "bytea", nullable: true),
                    InputHash = table.Column<byte[]>(type: "bytea", nullable: true),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    QuotedAtBlock = table.Column<long>(type: "bigint", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Watched = table.Column<bool>(type: "boolean", nullable: false),
                    EscrowJobId = table.Column<long>(type: "bigint", nullable: true),
                    LeaseId = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    LeaseEndsAtMs = table.Column<long>(type: "bigint", nullable: true),
                    ReceiptJson = table.Column<string>(type: "text", nullable: true),
                    OutputHash = table.Column<byte[]>(type: "bytea", nullable: true),
                    RejectCode = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    Reason = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    FundTransaction = table.Column<byte[]>(type: "bytea", nullable: true),
                    SubmitTransaction = table.Column<byte[]>(type: "bytea", nullable: true),
                    SettleTransaction = table.Column<byte[]>(type: "bytea", nullable: true),
                    CreatedAtMs = table.Column<long>(type: "bigint", nullable: false),
                    UpdatedAtMs = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_jobs", x => x.Sequence);
                    table.UniqueConstraint("AK_jobs_Id", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "offers",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "bytea", nullable: false),
                    Provider = table.Column<byte[]>(type: "bytea", nullable: false),
                    ResourceClass = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false, collation: "C"),
                    Price = table.Column<byte[]>(type: "bytea", nullable: false),
                    Rank = table.Column<int>(type: "integer", nullable: false),
                    IssuedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "bigint", nullable: false),
                    MaxUnits = table.Column<long>(type: "bigint", nullable: false),
                    Capacity = table.Column<int>(type: "integer", nullable: false),
                    Slots = table.Column<int>(type: "integer", nullable: false),
                    Region = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    PrivacyRank = table.Column<int>(type: "integer", nullable: false),
                    Warm = table.Column<bool>(type: "boolean", nullable: false),
                    OfferJson = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_offers", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "providers",
                columns: table => new
                {
                    Address = table.Column<byte[]>(type: "bytea", nullable: false),
                    Url = table.Column<string>(type: "text", nullable: false),
                    Offers = table.Column<string>(type: "text", nullable: false),
                    IssuedAt = table.Column<long>(type: "bigint", nullable: false),
                    Signature = table.Column<string>(type: "text", nullable: false),
                    Capacity = table.Column<int>(type: "integer", nullable: true),
                    ServeRate = table.Column<int>(type: "integer", nullable: false, defaultValue: 1000),
                    RegisteredAtMs = table.Column<long>(type: "bigint", nullable: false),
                    LastSeenAtMs = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_providers", x => x.Address);
                });

            migrationBuilder.CreateTable(
                name: "quotes",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "bytea", nullable: false),
                    JobId = table.Column<byte[]>(type: "bytea", nullable: false),
                    Client = table.Column<byte[]>(type: "bytea", nullable: false),
                    OfferId = table.Column<byte[]>(type: "bytea", nullable: false),
                    QuoteJson = table.Column<string>(type: "text", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "bigint", nullable: false),
                    HoldUntilMs = table.Column<long>(type: "bigint", nullable: false),
                    Accepted = table.Column<bool>(type: "boolean", nullable: false),
                    Signature = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quotes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "tokens",
                columns: table => new
                {
                    TokenHash = table.Column<byte[]>(type: "bytea", nullable: false),
                    Account = table.Column<byte[]>(type: "bytea", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tokens", x => x.TokenHash);
                });

            migrationBuilder.CreateTable(
                name: "job_events",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    JobId = table.Column<byte[]>(type: "bytea", nullable: false),
                    AtMs = table.Column<long>(type: "bigint", nullable: false),
                    Who = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    What = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Detail = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    Transaction = table.Column<byte[]>(type: "bytea", nullable: true),
                    Signature = table.Column<string>(type: "character varying(132)", maxLength: 132, nullable: true),
                    Signer = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_job_events", x => x.Sequence);
                    table.ForeignKey(
                        name: "FK_job_events_jobs_JobId",
                        column: x => x.JobId,
                        principalTable: "jobs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_bids_Client_UntilMs",
                table: "bids",
                columns: new[] { "Client", "UntilMs" });

            migrationBuilder.CreateIndex(
                name: "IX_blob_owners_Account",
                table: "blob_owners",
                column: "Account");

            migrationBuilder.CreateIndex(
                name: "IX_book_inputs_ResourceClass_Sequence",
                table: "book_inputs",
                columns: new[] { "ResourceClass", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_challenges_ExpiresAtMs",
                table: "challenges",
                column: "ExpiresAtMs");

            migrationBuilder.CreateIndex(
                name: "IX_job_events_JobId_Sequence",
                table: "job_events",
                columns: new[] { "JobId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Client_Sequence",
                table: "jobs",
                columns: new[] { "Client", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_InputHash",
                table: "jobs",
                column: "InputHash");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_LeaseId",
                table: "jobs",
                column: "LeaseId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_jobs_ModuleHash",
                table: "jobs",
                column: "ModuleHash");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_OutputHash",
                table: "jobs",
                column: "OutputHash");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Provider_State_Sequence",
                table: "jobs",
                columns: new[] { "Provider", "State", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_watched",
                table: "jobs",
                column: "Sequence",
                filter: "\"Watched\"");

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

            migrationBuilder.CreateIndex(
                name: "IX_tokens_ExpiresAtMs",
                table: "tokens",
                column: "ExpiresAtMs");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "bids");

            migrationBuilder.DropTable(
                name: "blob_owners");

            migrationBuilder.DropTable(
                name: "blobs");

            migrationBuilder.DropTable(
                name: "book_inputs");

            migrationBuilder.DropTable(
                name: "challenges");

            migrationBuilder.DropTable(
                name: "job_events");

            migrationBuilder.DropTable(
                name: "offers");

            migrationBuilder.DropTable(
                name: "providers");

            migrationBuilder.DropTable(
                name: "quotes");

            migrationBuilder.DropTable(
                name: "tokens");

            migrationBuilder.DropTable(
                name: "jobs");
        }
    }
}
