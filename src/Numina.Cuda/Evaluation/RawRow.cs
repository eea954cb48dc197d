namespace Numina.Cuda.Evaluation;

/// <summary>A row before its columns are interpreted. A value is a string, a double, an exact number's text in <see cref="NumberText"/>, or null.</summary>
/// <param name="Place">Where it stands, for messages: "line 4".</param>
/// <param name="Values">Columns by name, case-sensitive.</param>
internal sealed record RawRow(string Place, IReadOnlyDictionary<string, object?> Values);

/// <summary>A number as the file spells it, so that no digit is lost on the way.</summary>
internal sealed record NumberText(string Text);

/// <summary>A value of a type that no column of ours takes, such as a list or a truth value.</summary>
internal sealed record OtherValue(string TypeName);
