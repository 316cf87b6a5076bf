using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "blob_owners",
                columns: table => new
                {
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Account = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_blob_owners", x => new { x.Hash, x.Account });
                });

            migrationBuilder.CreateTable(
                name: "challenges",
                columns: table => new
                {
                    Nonce = table.Column<string>(type: "TEXT", nullable: false),
                    Message = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_challenges", x => x.Nonce);
                });

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Client = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Provider = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ClientKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    OrderHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SpecJson = table.Column<string>(type: "TEXT", nullable: false),
                    TermsJson = table.Column<string>(type: "TEXT", nullable: false),
                    TermsHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ModuleHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    InputHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    QuotedAtBlock = table.Column<long>(type: "INTEGER", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    Watched = table.Column<bool>(type: "INTEGER", nullable: false),
                    EscrowJobId = table.Column<long>(type: "INTEGER", nullable: true),
                    LeaseId = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    LeaseEndsAtMs = table.Column<long>(type: "INTEGER", nullable: true),
                    ReceiptJson = table.Column<string>(type: "TEXT", nullable: true),
                    OutputHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    RejectCode = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    FundTransaction = table.Column<byte[]>(type: "BLOB", nullable: true),
                    SubmitTransaction = table.Column<byte[]>(type: "BLOB", nullable: true),
                    SettleTransaction = table.Column<byte[]>(type: "BLOB", nullable: true),
                    CreatedAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_jobs", x => x.Sequence);
                    table.UniqueConstraint("AK_jobs_Id", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "providers",
                columns: table => new
                {
                    Address = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Url = table.Column<string>(type: "TEXT", nullable: false),
                    Offers = table.Column<string>(type: "TEXT", nullable: false),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Signature = table.Column<string>(type: "TEXT", nullable: false),
                    Capacity = table.Column<int>(type: "INTEGER", nullable: true),
                    RegisteredAtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSeenAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_providers", x => x.Address);
                });

            migrationBuilder.CreateTable(
                name: "tokens",
                columns: table => new
                {
                    TokenHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Account = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tokens", x => x.TokenHash);
                });

            migrationBuilder.CreateTable(
                name: "job_events",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    JobId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AtMs = table.Column<long>(type: "INTEGER", nullable: false),
                    Who = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    What = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Detail = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    Transaction = table.Column<byte[]>(type: "BLOB", nullable: true)
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
                name: "IX_blob_owners_Account",
                table: "blob_owners",
                column: "Account");

            migrationBuilder.CreateIndex(
                name: "IX_challenges_ExpiresAtMs",
                table: "challenges",
                column: "ExpiresAtMs");

            migrationBuilder.CreateIndex(
                name: "IX_job_events_JobId",
                table: "job_events",
                column: "JobId");

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
                filter: "Watched = 1");

            migrationBuilder.CreateIndex(
                name: "IX_tokens_ExpiresAtMs",
                table: "tokens",
                column: "ExpiresAtMs");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "blob_owners");

            migrationBuilder.DropTable(
                name: "challenges");

            migrationBuilder.DropTable(
                name: "job_events");

            migrationBuilder.DropTable(
                name: "providers");

            migrationBuilder.DropTable(
                name: "tokens");

            migrationBuilder.DropTable(
                name: "jobs");
        }
    }
}
