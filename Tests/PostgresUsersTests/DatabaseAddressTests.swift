import PostgresUsers
import Testing

/// What is no address is said, and nothing of a password is.
struct DatabaseAddressTests {
    @Test(arguments: [
        "postgresql://u:p@db.example:5432/cruddur", "postgres://db.example",
        "postgresql://u:p%40ss@host/d?sslmode=verify-full",
        "postgresql:///cruddur?host=/var/run/postgresql", "postgresql://u@[::1]:5432/d", "postgresql://a:1,b:2/d",
        "host=db.example dbname=cruddur password='two words'", "postgresql://u:p@%2Fvar%2Frun/d",
    ]) func anAddressIsTaken(_ address: String) { #expect(DatabaseAddress.complaint(about: address) == nil) }

    @Test(arguments: [
        "mysql://u:secret@host/d", "postgresql+psycopg://u:secret@host/d", "postgresql://u:p@secret@host/d",
        "postgresql://u:se/cret@host/d", "postgresql://u:sec#ret@host/d", "postgresql://u:secret:x@host/d",
        "postgresql://u:secret", "host=h password=a secret", "secret", "secret=1 x=2", "", "  ",
        "postgresql://u:secret@host:port/d",
        "postgresql://u:secret@host:99999/d", "://secret", "postgresql://u:%zzsecret@h/d", "sec ret://h",
    ]) func whatIsNoneIsSaidWithoutAnyOfItsSecret(_ address: String) throws {
        let complaint = try #require(DatabaseAddress.complaint(about: address))
        for part in ["secret", "cret", "sec ret"] { #expect(!complaint.contains(part), "\(complaint)") }
    }

    @Test func anotherDatabasesSchemeIsNamed() {
        #expect(DatabaseAddress.complaint(about: "mysql://u@h/d")?.contains("mysql://") == true)
        let sqlalchemy = DatabaseAddress.complaint(about: "postgresql+psycopg://u@h/d")
        #expect(sqlalchemy?.contains("write postgresql://") == true)
    }
}
