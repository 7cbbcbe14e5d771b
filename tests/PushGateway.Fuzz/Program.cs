using System.Diagnostics;
using System.Globalization;
using PushGateway.Fuzz;
using PushGateway.Fuzz.Targets;

const string OutputFolder = "artifacts/fuzz";

FuzzTarget[] all =
[
    new TextTarget(), new ProtobufTarget(), new RouteTarget(), new WebConfigTarget(), new GobTarget(), new JournalTarget(),
    new SelectorTarget(), new OpenMetricsTarget(),
];
var options = FuzzOptions.Parse(args);
FuzzTarget[] chosen = [.. all.Where(target => options?.Target is null || options.Target == target.Name)];
if (options is null || chosen.Length == 0)
{
    Console.Error.WriteLine($"{FuzzOptions.Usage}\ntargets: {string.Join(", ", all.Select(target => target.Name))}");
    return 2;
}
if (options.IsSelfTest)
{
    return SelfTest.Run();
}
if (options.InputFile is { } file)
{
    FuzzFailure? repeated = new FuzzCase(chosen[0]).Run(File.ReadAllBytes(file), execution: -1);
    Console.WriteLine(repeated is null ? "nothing is wrong with it" : $"{repeated.Fault}: {repeated.Message}");
    return repeated is null ? 0 : 1;
}

int failed = 0;
int jobs = Math.Min(options.Jobs, chosen.Length);
long began = Stopwatch.GetTimestamp();
long executions = 0;

// As many concurrent targets as jobs. Each gets its share of the time.
var time = TimeSpan.FromSeconds(options.Seconds * jobs / chosen.Length);
Parallel.ForEach(chosen, new ParallelOptions { MaxDegreeOfParallelism = jobs }, target =>
{
    var run = new FuzzRun(target, options.Seed, options.Executions / chosen.Length, time);
    FuzzFailure? failure = run.Run();
    Interlocked.Add(ref executions, run.Executions);
    string rate = string.Create(
        CultureInfo.InvariantCulture, $"{run.Executions:N0} executions in {run.Took.TotalSeconds:F1} s, {run.Executions / run.Took.TotalSeconds:N0}/s");
    if (failure is null)
    {
        Console.WriteLine($"{target.Name}: {rate}");
        return;
    }
    Interlocked.Increment(ref failed);
    Directory.CreateDirectory(OutputFolder);
    string input = Path.Combine(OutputFolder, $"{target.Name}-{options.Seed}-{failure.Execution}.bin");
    File.WriteAllBytes(input, failure.Input);
    Console.WriteLine($"""
        {target.Name}: FAILED, {failure.Fault}, with seed {options.Seed} at execution {failure.Execution} ({rate})
        {failure.Message}
        The input is in {input}. To repeat it:
          dotnet run --project tests/PushGateway.Fuzz -c Release -- --target {target.Name} --input {input}
        """);
});
double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"all: {executions:N0} executions in {seconds:F1} s, {executions / seconds:N0}/s, seed {options.Seed}"));
Console.WriteLine($"{chosen.Length - failed} passed, {failed} failed, 0 skipped");
return failed == 0 ? 0 : 1;
