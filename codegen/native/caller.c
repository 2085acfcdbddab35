/* The usual call of a C kernel, without Python in between: NumPy arrays of one floating-point type, contiguous, of
   shapes that fit. Every other call goes to the kernel's Python function, which converts, or says what is wrong. */

#define PY_SSIZE_T_CLEAN
#define NPY_NO_DEPRECATED_API NPY_1_22_API_VERSION
#include <Python.h>
#include <structmember.h>
#include <numpy/arrayobject.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

typedef int (*run_function)(const size_t *sizes, void *const *arrays, void *work, int threads);
typedef size_t (*work_function)(const size_t *sizes, int threads);

typedef struct {
    run_function run;
    work_function work;
} Precision;

enum { MOST = 64, MOST_AXES = 3, ALIGNMENT = 64, LARGE_PAGE = 1 << 21 };

/* An array has two axes, or three. A length is the number of a symbolic size, or -1 - c where it is the constant c. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *dict, *python;
    int inputs, outputs;
    const int *threads;
    Precision f64, f32;
    int axes[MOST], lengths[MOST][MOST_AXES];
} Caller;

static int fits(const Caller *self, PyObject *const *given, size_t *sizes)
{
    int type = PyArray_CheckExact(given[0]) ? PyArray_TYPE((PyArrayObject *)given[0]) : -1;
    if (type != NPY_DOUBLE && type != NPY_FLOAT)
        return -1;
    for (int k = 0; k < MOST; k++)
        sizes[k] = SIZE_MAX;
    for (int k = 0; k < self->inputs; k++) {
        PyArrayObject *array = (PyArrayObject *)given[k];
        if (!PyArray_CheckExact(given[k]) || PyArray_TYPE(array) != type || PyArray_NDIM(array) != self->axes[k]
            || !PyArray_ISCARRAY_RO(array))
            return -1;
        for (int axis = 0; axis < self->axes[k]; axis++) {
            size_t found = (size_t)PyArray_DIM(array, axis);
            int length = self->lengths[k][axis];
            if (length >= 0 && sizes[length] == SIZE_MAX)
                sizes[length] = found;
            if (found != (length >= 0 ? sizes[length] : (size_t)(-1 - length)))
                return -1;
        }
    }
    return type;
}

static PyObject *new_array(const Caller *self, int k, int type, const size_t *sizes)
{
    npy_intp shape[MOST_AXES];
    for (int axis = 0; axis < self->axes[k]; axis++) {
        int length = self->lengths[k][axis];
        shape[axis] = length >= 0 ? (npy_intp)sizes[length] : -1 - length;
    }
    return PyArray_SimpleNew(self->axes[k], shape, type);
}

/* Where the kernel's memory begins, in a piece that is one alignment larger; what is large gets large pages. */
static void *aligned(char *memory, size_t bytes)
{
    const size_t alignment = bytes >= 2 * LARGE_PAGE ? LARGE_PAGE : ALIGNMENT;
    char *work = memory + (alignment - (uintptr_t)memory % alignment);
#ifdef MADV_HUGEPAGE
    if (alignment == LARGE_PAGE)
        (void)madvise(work, bytes / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#endif
    return work;
}

/* 0 done; -1 with an exception set; else what the kernel returned. */
static int run(const Caller *self, int type, const size_t *sizes, void *const *arrays)
{
    const Precision *precision = type == NPY_DOUBLE ? &self->f64 : &self->f32;
    int threads = *self->threads, code;
    size_t bytes = precision->work(sizes, threads) * (type == NPY_DOUBLE ? sizeof(double) : sizeof(float));
    char *memory = PyMem_RawMalloc(bytes + (bytes >= 2 * LARGE_PAGE ? LARGE_PAGE : ALIGNMENT));
    if (memory == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    void *work = aligned(memory, bytes);
    Py_BEGIN_ALLOW_THREADS
    code = precision->run(sizes, arrays, work, threads);
    Py_END_ALLOW_THREADS
    PyMem_RawFree(memory);
    return code;
}

static PyObject *call(PyObject *object, PyObject *const *given, size_t flagged, PyObject *keywords)
{
    const Caller *self = (const Caller *)object;
    size_t sizes[MOST];
    void *arrays[MOST];
    int type = -1, code = 0;
    if (keywords == NULL && PyVectorcall_NARGS(flagged) == self->inputs)
        type = fits(self, given, sizes);
    if (type < 0)
        return PyObject_Vectorcall(self->python, given, flagged, keywords);
    PyObject *results = PyTuple_New(self->outputs);
    if (results == NULL)
        return NULL;
    for (int k = 0; k < self->inputs; k++)
        arrays[k] = PyArray_DATA((PyArrayObject *)given[k]);
    for (int k = 0; k < self->outputs; k++) {
        PyObject *array = new_array(self, self->inputs + k, type, sizes);
        if (array == NULL) {
            Py_DECREF(results);
            return NULL;
        }
        PyTuple_SET_ITEM(results, k, array);
        arrays[self->inputs + k] = PyArray_DATA((PyArrayObject *)array);
    }
    code = run(self, type, sizes, arrays);
    if (code != 0) {
        Py_DECREF(results);
        return code < 0 ? NULL : PyObject_Vectorcall(self->python, given, flagged, keywords);
    }
    if (self->outputs > 1)
        return results;
    PyObject *only = Py_NewRef(PyTuple_GET_ITEM(results, 0));
    Py_DECREF(results);
    return only;
}

/* 0, or -1 with an exception set. */
static int read_shape(Caller *self, Py_ssize_t k, PyObject *shape)
{
    Py_ssize_t axes = PyTuple_Check(shape) ? PyTuple_GET_SIZE(shape) : 0;
    if (axes < 2 || axes > MOST_AXES) {
        PyErr_SetString(PyExc_ValueError, "an array of a quick call has two axes, or three");
        return -1;
    }
    self->axes[k] = (int)axes;
    for (Py_ssize_t axis = 0; axis < axes; axis++) {
        long length = PyLong_AsLong(PyTuple_GET_ITEM(shape, axis));
        if (length >= MOST && !PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "too many sizes for a quick call");
        if (PyErr_Occurred())
            return -1;
        self->lengths[k][axis] = (int)length;
    }
    return 0;
}

static PyObject *caller_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *python, *shapes;
    int inputs;
    Py_ssize_t threads, addresses[4];
    if (keywords != NULL && PyDict_GET_SIZE(keywords))
        return PyErr_Format(PyExc_TypeError, "%s takes no keywords", type->tp_name);
    if (!PyArg_ParseTuple(arguments, "OiO!n(nnnn)", &python, &inputs, &PyTuple_Type, &shapes, &threads, &addresses[0],
                          &addresses[1], &addresses[2], &addresses[3]))
        return NULL;
    Py_ssize_t arrays = PyTuple_GET_SIZE(shapes);
    if (inputs < 1 || inputs >= arrays || arrays > MOST) {
        PyErr_SetString(PyExc_ValueError, "too many arguments or results for a quick call");
        return NULL;
    }
    Caller *self = (Caller *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->vectorcall = call;
    self->python = Py_NewRef(python);
    self->inputs = inputs;
    self->outputs = (int)arrays - inputs;
    self->threads = (const int *)threads;
    self->f64 = (Precision){(run_function)addresses[0], (work_function)addresses[1]};
    self->f32 = (Precision){(run_function)addresses[2], (work_function)addresses[3]};
    for (Py_ssize_t k = 0; k < arrays; k++)
        if (read_shape(self, k, PyTuple_GET_ITEM(shapes, k)) < 0) {
            Py_DECREF(self);
            return NULL;
        }
    return (PyObject *)self;
}

static int caller_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Caller *)object)->dict);
    Py_VISIT(((Caller *)object)->python);
    return 0;
}

static int caller_clear(PyObject *object)
{
    Py_CLEAR(((Caller *)object)->dict);
    Py_CLEAR(((Caller *)object)->python);
    return 0;
}

static void caller_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    caller_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Caller, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Caller, dict), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef properties[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, caller_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_traverse, caller_traverse},
    {Py_tp_clear, caller_clear},
    {Py_tp_dealloc, caller_dealloc},
    {Py_tp_members, members},
    {Py_tp_getset, properties},
    {0, NULL},
};

static PyType_Spec specification = {
    .name = "pushforward_caller.Caller",
    .basicsize = sizeof(Caller),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "pushforward_caller", .m_size = -1};

PyMODINIT_FUNC PyInit_pushforward_caller(void)
{
    import_array();
    PyObject *made = PyModule_Create(&module), *type = made ? PyType_FromSpec(&specification) : NULL;
    if (type == NULL || PyModule_AddObject(made, "Caller", type) < 0) {
        Py_XDECREF(type);
        Py_XDECREF(made);
        return NULL;
    }
    return made;
}
