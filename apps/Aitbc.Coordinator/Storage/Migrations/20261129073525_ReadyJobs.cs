using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.Migrations
{
    /// <inheritdoc />
    public partial class ReadyJobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_InputHash",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_LeaseId",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_ModuleHash",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_OutputHash",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_Provider_State_Sequence",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_watched",
                table: "jobs");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_InputHash",
                table: "jobs",
                column: "InputHash",
                filter: "\"InputHash\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_ModuleHash",
                table: "jobs",
                column: "ModuleHash",
                filter: "\"ModuleHash\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_OutputHash",
                table: "jobs",
                column: "OutputHash",
                filter: "\"OutputHash\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Provider_LeaseId",
                table: "jobs",
                columns: new[] { "Provider", "LeaseId" },
                unique: true,
                filter: "\"LeaseId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Provider_Sequence",
                table: "jobs",
                columns: new[] { "Provider", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_ready",
                table: "jobs",
                columns: new[] { "Provider", "Sequence" },
                filter: "\"State\" = 1 AND \"RejectCode\" IS NULL AND \"ReceiptJson\" IS NULL AND \"LeaseId\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_watched",
                table: "jobs",
                column: "Sequence",
                filter: "\"Watched\"");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_InputHash",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_ModuleHash",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_OutputHash",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_Provider_LeaseId",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_Provider_Sequence",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_ready",
                table: "jobs");

            migrationBuilder.DropIndex(
                name: "IX_jobs_watched",
                table: "jobs");

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
        }
    }
}
