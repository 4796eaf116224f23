import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

/**
 * Beam's job server behind a class loader that does not tell where its classes come from. Beam sends every jar of its
 * class path with every job (162 of them, 152 MB, 16 s); the Flink of the tests has them all, so that none must travel.
 */
final class JobServer extends ClassLoader {
    private final URLClassLoader behind;

    private JobServer(URL[] files) {
        super(ClassLoader.getPlatformClassLoader());
        behind = new URLClassLoader(files, ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try (InputStream content = behind.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (content == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = content.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException error) {
            throw new ClassNotFoundException(name, error);
        }
    }

    @Override
    protected URL findResource(String name) {
        return behind.findResource(name);
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        return behind.findResources(name);
    }

    /** Arguments: the folder of the jars, then the job server's own. */
    public static void main(String[] arguments) throws Exception {
        List<URL> files = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), "*.jar")) {
            for (Path jar : jars) {
                files.add(jar.toUri().toURL());
            }
        }
        System.setProperty("java.class.path", ""); // where Beam looks too; this program's own folder is no jar
        JobServer loader = new JobServer(files.toArray(new URL[0]));
        Thread.currentThread().setContextClassLoader(loader);
        String[] rest = new String[arguments.length - 1];
        System.arraycopy(arguments, 1, rest, 0, rest.length);
        loader.loadClass("org.apache.beam.runners.flink.FlinkJobServerDriver")
                .getMethod("main", String[].class)
                .invoke(null, (Object) rest);
    }
}
