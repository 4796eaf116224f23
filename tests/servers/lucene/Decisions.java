import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.IndexSearcher;

/**
 * Answers which queries match which documents. Reads lines of words between tabs: `document` and its fields make
 * documents, the parts of a query come after what they join, `ask` answers a line of 0 and 1 for all documents,
 * `clear` forgets them.
 */
public final class Decisions {
  private final Analyzer words = new Analysis.Words(false);
  private final Analyzer lead = new Analysis.Words(true);
  private final List<MemoryIndex> documents = new ArrayList<>();
  private final Reading reading = new Reading();

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    IndexSearcher.setMaxClauseCount(1_000_000);
    Decisions decisions = new Decisions();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer = decisions.take(Reading.words(line));
      if (answer != null) {
        out.println(answer);
        out.flush();
      }
    }
  }

  private String take(String[] line) throws IOException {
    switch (line[0]) {
      case "clear" -> documents.clear();
      case "document" -> documents.add(new MemoryIndex());
      case "analysed" -> analyse(line[1], line[2]);
      case "given" -> last().addField(line[1], new Analysis.Given(tokens(line[2])));
      case "values" -> last().addField(line[1], new Analysis.Given(whole(line)));
      case "ask" -> {
        return answer();
      }
      default -> reading.take(line);
    }
    return null;
  }

  private MemoryIndex last() {
    return documents.get(documents.size() - 1);
  }

  private void analyse(String field, String text) {
    last().addField(field, text, field.startsWith("lead-") ? lead : words);
  }

  private static List<String[]> tokens(String line) {
    List<String[]> tokens = new ArrayList<>();
    if (!line.isEmpty()) {
      for (String token : line.split(" ")) {
        tokens.add(token.split("\u001f"));
      }
    }
    return tokens;
  }

  private static List<String[]> whole(String[] line) {
    List<String[]> whole = new ArrayList<>();
    for (String value : Arrays.asList(line).subList(2, line.length)) {
      whole.add(new String[] {value});
    }
    return whole;
  }

  private String answer() throws IOException {
    Part part = reading.query();
    StringBuilder answers = new StringBuilder();
    for (MemoryIndex document : documents) {
      IndexSearcher searcher = document.createSearcher();
      searcher.setQueryCache(null);
      answers.append(searcher.count(part.query(searcher.getIndexReader())));
    }
    return answers.toString();
  }
}
