using QRCoder;

namespace Aitbc.Cli.Wallets;

/// <summary>A text as a QR code of characters, two rows of the code in one row of the terminal.</summary>
internal static class QrCode
{
    /// <summary>Lines of half blocks; the terminal's text is the light of the code.</summary>
    /// <param name="text">What a scanner reads.</param>
    /// <param name="isDarkOnLight">True for a terminal with dark text on a light ground.</param>
    public static string Draw(string text, bool isDarkOnLight)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var drawing = new AsciiQRCode(code);
        return drawing.GetGraphicSmall(drawQuietZones: true, invert: isDarkOnLight);
    }
}
