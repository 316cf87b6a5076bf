using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Reputation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "payer_marks",
                columns: table => new
                {
                    Provider = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Payer = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Week = table.Column<long>(type: "INTEGER", nullable: false),
                    Served = table.Column<int>(type: "INTEGER", nullable: false),
                    Broken = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_payer_marks", x => new { x.Provider, x.Payer, x.Week });
                });

            migrationBuilder.CreateTable(
                name: "standings",
                columns: table => new
                {
                    Provider = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Score = table.Column<int>(type: "INTEGER", nullable: false),
                    Week = table.Column<long>(type: "INTEGER", nullable: false),
                    Payers = table.Column<int>(type: "INTEGER", nullable: false),
                    Stale = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_standings", x => x.Provider);
                });

            // Marks of the jobs that ended before: settled with a receipt (6), or refunded (7) for what the coordinator
            // itself saw. Scores are counted from them at the next start.
            migrationBuilder.Sql(
                """
                INSERT INTO payer_marks ("Provider", "Payer", "Week", "Served", "Broken")
                SELECT "Provider", "Client", "UpdatedAtMs" / 604800000,
                    SUM(CASE WHEN "State" = 6 THEN 1 ELSE 0 END), SUM(CASE WHEN "State" = 7 THEN 1 ELSE 0 END)
                FROM jobs
                WHERE "Client" <> "Provider" AND (("State" = 6 AND "ReceiptJson" IS NOT NULL) OR ("State" = 7
                    AND "Reason" IN ('provider_vanished', 'result_missing', 'receipt_invalid', 'output_corrupt')))
                GROUP BY 1, 2, 3
                """);
            migrationBuilder.Sql(
                """
                INSERT INTO standings ("Provider", "Score", "Week", "Payers", "Stale")
                SELECT DISTINCT "Provider", 500, 0, 0, TRUE FROM payer_marks
                """);
            migrationBuilder.Sql("""UPDATE offers SET "Rank" = 500""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "payer_marks");

            migrationBuilder.DropTable(
                name: "standings");
        }
    }
}
