using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class Gpus : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "GpuRank",
                table: "offers",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "gpu_challenges",
                columns: table => new
                {
                    Provider = table.Column<byte[]>(type: "bytea", nullable: false),
                    Seed = table.Column<byte[]>(type: "bytea", nullable: false),
                    Device = table.Column<string>(type: "character varying(96)", maxLength: 96, nullable: false),
                    MemoryMib = table.Column<long>(type: "bigint", nullable: false),
                    Lanes = table.Column<int>(type: "integer", nullable: false),
                    Steps = table.Column<int>(type: "integer", nullable: false),
                    AskedAtMs = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAtMs = table.Column<long>(type: "bigint", nullable: false),
                    Answered = table.Column<bool>(type: "boolean", nullable: false),
                    AttestationJson = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_gpu_challenges", x => x.Provider);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "gpu_challenges");

            migrationBuilder.DropColumn(
                name: "GpuRank",
                table: "offers");
        }
    }
}
