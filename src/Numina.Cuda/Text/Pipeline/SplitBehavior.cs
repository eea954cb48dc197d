namespace Numina.Cuda.Text.Pipeline;

/// <summary>What becomes of the parts that a split pattern matched.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}
