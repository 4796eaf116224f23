import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.util.automaton.CompiledAutomaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.RegExp;

/** What joins words and phrases, and what is compared whole. */
final class Parts {
  private Parts() {}

  /** A word that an expression matches whole, case apart. */
  record Regex(List<String> fields, String pattern) implements Part {
    @Override
    public Query query(IndexReader reader) {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      for (String field : fields) {
        int work = Operations.DEFAULT_DETERMINIZE_WORK_LIMIT;
        Term term = new Term(field, pattern);
        any.add(new RegexpQuery(term, RegExp.NONE, RegExp.ASCII_CASE_INSENSITIVE, work), Occur.SHOULD);
      }
      return any.build();
    }

    @Override
    public List<Form> forms(String field, IndexReader reader) throws IOException {
      if (!fields.contains(field)) {
        return List.of();
      }
      RegExp read = new RegExp(pattern, RegExp.NONE, RegExp.ASCII_CASE_INSENSITIVE);
      CompiledAutomaton fits = new CompiledAutomaton(read.toAutomaton());
      return List.of(new Form(Intervals.multiterm(fits, Word.MOST_TERMS, pattern), 1));
    }
  }

  /** A loose phrase as Lucene has it by itself, also where that is not what newsbeam means. */
  record Own(Phrase phrase) implements Part {
    @Override
    public Query query(IndexReader reader) throws IOException {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      for (String field : phrase.fields()) {
        any.add(phrase.multiPhrase(field, reader), Occur.SHOULD);
      }
      return any.build();
    }
  }

  /** A query of Lucene's own about whole values. */
  record Ready(Query ready) implements Part {
    @Override
    public Query query(IndexReader reader) {
      return ready;
    }
  }

  /** Both parts, with at most `distance` positions between them, in either order. */
  record Near(Part left, Part right, int distance, List<String> fields) implements Part {
    @Override
    public Query query(IndexReader reader) throws IOException {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      for (String field : fields) {
        List<IntervalsSource> ways = new ArrayList<>();
        for (Form one : left.forms(field, reader)) {
          for (Form other : right.forms(field, reader)) {
            ways.add(ordered(one, other));
            ways.add(ordered(other, one));
          }
        }
        if (!ways.isEmpty()) {
          any.add(new IntervalQuery(field, Form.either(ways)), Occur.SHOULD);
        }
      }
      return any.build();
    }

    private IntervalsSource ordered(Form one, Form other) {
      // Equal sources would be taken for repetitions of one, whose gaps Lucene does not count.
      IntervalsSource after =
          one.source().equals(other.source())
              ? Form.either(List.of(other.source(), Intervals.noIntervals("set apart")))
              : other.source();
      return Intervals.maxgaps(distance, Intervals.ordered(one.source(), after));
    }

    @Override
    public List<Form> forms(String field, IndexReader reader) throws IOException {
      List<Form> found = new ArrayList<>();
      for (Form one : left.forms(field, reader)) {
        for (Form other : right.forms(field, reader)) {
          for (int gap = 0; gap <= distance; gap++) {
            found.add(one.then(other, gap));
            found.add(other.then(one, gap));
          }
        }
      }
      return Form.byWidth(found);
    }
  }

  /** NEAR as Lucene's intervals have it by themselves: an inner NEAR gives its shortest findings only. */
  record NearShortest(Part left, Part right, int distance, List<String> fields) implements Part {
    @Override
    public Query query(IndexReader reader) throws IOException {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      for (String field : fields) {
        any.add(new IntervalQuery(field, source(field, reader)), Occur.SHOULD);
      }
      return any.build();
    }

    private IntervalsSource source(String field, IndexReader reader) throws IOException {
      IntervalsSource one = sourceOf(left, field, reader);
      IntervalsSource other = sourceOf(right, field, reader);
      return Intervals.maxgaps(distance, Intervals.unorderedNoOverlaps(one, other));
    }

    private static IntervalsSource sourceOf(Part part, String field, IndexReader reader) throws IOException {
      if (part instanceof NearShortest near) {
        return near.source(field, reader);
      }
      List<Form> forms = part.forms(field, reader);
      return forms.isEmpty()
          ? Intervals.noIntervals("a word is missing")
          : Intervals.or(forms.stream().map(Form::source).toArray(IntervalsSource[]::new));
    }
  }

  /** All wanted parts and none of the unwanted. */
  record All(List<Part> wanted, List<Part> unwanted) implements Part {
    @Override
    public Query query(IndexReader reader) throws IOException {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      for (Part part : wanted) {
        all.add(part.query(reader), Occur.MUST);
      }
      for (Part part : unwanted) {
        all.add(part.query(reader), Occur.MUST_NOT);
      }
      return all.build();
    }
  }

  /** At least one of the parts. */
  record Either(List<Part> parts) implements Part {
    @Override
    public Query query(IndexReader reader) throws IOException {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      for (Part part : parts) {
        any.add(part.query(reader), Occur.SHOULD);
      }
      return any.build();
    }

    @Override
    public List<Form> forms(String field, IndexReader reader) throws IOException {
      List<Form> found = new ArrayList<>();
      for (Part part : parts) {
        found.addAll(part.forms(field, reader));
      }
      return Form.byWidth(found);
    }
  }
}
