// Answers /metrics with a file's bytes, from one array: what the gateway's scrapes are held against.
// Usage: static-buffer PORT FILE
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

const int PieceBytes = 64 * 1024;

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Listen(
        IPAddress.Loopback,
        int.Parse(args[0], CultureInfo.InvariantCulture),
        listen => listen.Protocols = HttpProtocols.Http1);
});
byte[] bytes = await File.ReadAllBytesAsync(args[1]);

await using WebApplication app = builder.Build();
app.Run(async context =>
{
    context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
    if (context.Request.Path == "/-/ready")
    {
        return;
    }
    for (int sent = 0; sent < bytes.Length; sent += PieceBytes)
    {
        await context.Response.BodyWriter.WriteAsync(bytes.AsMemory(sent, Math.Min(PieceBytes, bytes.Length - sent)));
    }
});
await app.RunAsync();
