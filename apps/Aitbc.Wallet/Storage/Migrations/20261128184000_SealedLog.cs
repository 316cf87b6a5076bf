using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Aitbc.Wallet.Storage.Migrations
{
    /// <inheritdoc />
    public partial class SealedLog : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "OnJob",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Payload",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "spends",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "SealNumber",
                table: "spends",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_spends_SealNumber",
                table: "spends",
                column: "SealNumber",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_spends_SealNumber",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "OnJob",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "Payload",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "spends");

            migrationBuilder.DropColumn(
                name: "SealNumber",
                table: "spends");
        }
    }
}
