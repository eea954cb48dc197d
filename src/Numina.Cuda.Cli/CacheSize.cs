using System.Globalization;
using Numina.Cuda.Engine;
using Numina.Cuda.Model;

namespace Numina.Cuda.Cli;

/// <summary>How large the key-value cache becomes.</summary>
/// <param name="Bytes">Never more than all sequences of a step can use, never less than one sequence of the context takes.</param>
/// <param name="Line">What was chosen, and from what.</param>
internal sealed record CacheSize(long Bytes, string Line)
{
    /// <param name="mebibytes">What was asked for; 0: nothing.</param>
    /// <param name="room">Measured behind the weights.</param>
    /// <param name="model">Knows the size of a page and the context.</param>
    /// <exception cref="FailureException">No sequence of the context fits, or more was asked for than is free.</exception>
    public static CacheSize Choose(int mebibytes, CacheRoom room, Llama model)
    {
        long one = EngineOptions.BytesPerSequence(model), most = one * model.Limits.Sequences, asked = (long)mebibytes << 20;
        string free = $"{MemorySize.Text(room.Free)} free behind {MemorySize.Text(model.WeightBytes)} of weights";
        if (room.FreeIsAll && asked > room.Free)
        {
            throw new FailureException($"--kv-memory {mebibytes}: expected at most what is free, found more: {free}; without --kv-memory {MemorySize.Text(room.Usable)} are taken");
        }

        long bytes = Math.Min(asked > 0 ? asked : room.Usable, most);
        if (bytes < one)
        {
            string needed = Invariant($"one sequence of {model.Limits.ContextLength:N0} tokens needs {MemorySize.Text(one)}");
            throw new FailureException(asked > 0
                ? $"--kv-memory {mebibytes}: {needed} ({free}); raise it or lower --context"
                : $"no room for the key-value cache: {needed}, found {MemorySize.Text(room.Usable)} ({free}, {room.Rule}); lower --context{(room.FreeIsAll ? "" : " or set --kv-memory")}");
        }

        string why = bytes == most ? Invariant($"all that {model.Limits.Sequences} x {model.Limits.ContextLength:N0} tokens can use") : asked > 0 ? "as --kv-memory says" : "what there is";
        long pages = bytes / model.CacheLayout(1).PageBytes;
        return new CacheSize(bytes, Invariant($"cache: {MemorySize.Text(bytes)} for {pages * model.Limits.PageSize:N0} tokens, {why} ({free}, {room.Rule})"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
