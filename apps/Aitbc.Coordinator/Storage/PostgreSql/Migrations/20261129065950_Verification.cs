using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class Verification : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Scopes",
                table: "tokens",
                type: "character varying(128)",
                maxLength: 128,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "VerifyGroup",
                table: "jobs",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "VerifyRun",
                table: "jobs",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Client_VerifyGroup_VerifyRun",
                table: "jobs",
                columns: new[] { "Client", "VerifyGroup", "VerifyRun" },
                unique: true,
                filter: "\"VerifyGroup\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_Client_VerifyGroup_VerifyRun",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "Scopes",
                table: "tokens");

            migrationBuilder.DropColumn(
                name: "VerifyGroup",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "VerifyRun",
                table: "jobs");
        }
    }
}
