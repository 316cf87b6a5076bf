using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Evidence : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_job_events_JobId",
                table: "job_events");

            migrationBuilder.AddColumn<string>(
                name: "Signature",
                table: "job_events",
                type: "TEXT",
                maxLength: 132,
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Signer",
                table: "job_events",
                type: "BLOB",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_job_events_JobId_Sequence",
                table: "job_events",
                columns: new[] { "JobId", "Sequence" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_job_events_JobId_Sequence",
                table: "job_events");

            migrationBuilder.DropColumn(
                name: "Signature",
                table: "job_events");

            migrationBuilder.DropColumn(
                name: "Signer",
                table: "job_events");

            migrationBuilder.CreateIndex(
                name: "IX_job_events_JobId",
                table: "job_events",
                column: "JobId");
        }
    }
}
