// The baseline for the gateway. Answers GET with a file's bytes from one array. Reads the body of a PUT to its end, and
// answers 200 without parsing it.
// Usage: static-buffer PORT FILE
// Like the gateway.
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

const int PieceBytes = 512 * 1024;

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxResponseBufferSize = 1 << 20;
    kestrel.Listen(
        IPAddress.Loopback,
        int.Parse(args[0], CultureInfo.InvariantCulture),
        listen => listen.Protocols = HttpProtocols.Http1);
});
byte[] bytes = await File.ReadAllBytesAsync(args[1]);

await using WebApplication app = builder.Build();
app.Run(async context =>
{
    if (HttpMethods.IsPut(context.Request.Method))
    {
        PipeReader body = context.Request.BodyReader;
        ReadResult read;
        while (!(read = await body.ReadAsync()).IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        body.AdvanceTo(read.Buffer.End);
        return;
    }
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
