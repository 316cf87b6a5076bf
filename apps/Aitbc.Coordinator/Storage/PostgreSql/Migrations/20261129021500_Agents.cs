using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Coordinator.Storage.PostgreSql.Migrations
{
    /// <inheritdoc />
    public partial class Agents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "Bonded",
                table: "standings",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "AgentId",
                table: "providers",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "AgentWallet",
                table: "providers",
                type: "bytea",
                nullable: true);

            // Slots of newcomers follow when their scores are counted anew.
            migrationBuilder.Sql("""UPDATE standings SET "Stale" = TRUE""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Bonded",
                table: "standings");

            migrationBuilder.DropColumn(
                name: "AgentId",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "AgentWallet",
                table: "providers");
        }
    }
}
