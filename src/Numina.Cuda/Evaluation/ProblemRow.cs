using System.Numerics;

namespace Numina.Cuda.Evaluation;

/// <summary>One row of a data set.</summary>
/// <param name="Row">Row number in the file, from 0: the key. Ids may repeat, the AMC set's do.</param>
/// <param name="Id">The id column as text, or the row number where there is none.</param>
/// <param name="Text">The statement, never empty.</param>
/// <param name="Answer">The gold answer, exact; null only in data loaded without answers.</param>
public sealed record ProblemRow(int Row, string Id, string Text, BigInteger? Answer);
