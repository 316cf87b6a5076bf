using System.Runtime.Versioning;
using Xunit.Sdk;
using Xunit.v3;

// Whole networks are started here: two at once would only measure each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: UnsupportedOSPlatform("windows")]
