"""A value of an object that is made when it is first asked for."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801  # used as `functools.cached_property` is
    """`functools.cached_property` without the lock that it takes up to Python 3.11: a good part of a match.

    Two threads that ask at the same time may both make the value; it must not matter which one stays.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object, owner: type) -> T | Self:
        """Return the value; what is found in the object's own dictionary is never asked for here."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._make(instance)
        return value
