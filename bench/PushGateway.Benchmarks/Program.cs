using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using PushGateway.Benchmarks;

IConfig config = DefaultConfig.Instance.AddColumn(new ThroughputColumn());
BenchmarkSwitcher.FromAssembly(typeof(Bodies).Assembly).Run(args, config);
