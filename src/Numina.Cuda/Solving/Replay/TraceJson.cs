using System.Text.Json.Serialization;

namespace Numina.Cuda.Solving.Replay;

/// <summary>Traces as a run's log holds them: names in snake case, enumerations by name.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TraceRecord[]))]
internal sealed partial class TraceJson : JsonSerializerContext;
